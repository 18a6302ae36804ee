#include "melvit/training/trainer.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/core/text.h"
#include "melvit/core/thread_pool.h"
#include "melvit/training/head_training.h"
#include "melvit/training/initial_state.h"
#include "melvit/training/metrics.h"
#include "melvit/training/seed_streams.h"
#include "melvit/training/training_data.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace melvit {
namespace {

void need(bool fits, const char* name, const char* range, double value) {
    if (!fits) throw Error(name, std::string("needs ") + range, fmt::format("it is {}", value));
}

void need_one_of(const std::string& value, const char* name, const std::vector<std::string>& names) {
    if (std::ranges::find(names, value) != names.end()) return;
    throw Error(name, "needs one of " + joined(names), "it is \"" + value + '"');
}

/// The heads of an ensemble before their first epoch. The first is the one that is trained without ensemble.
std::vector<std::unique_ptr<HeadTraining>> begin_members(const TrainingData& data, const TrainConfig& config,
                                                         std::uint64_t seed,
                                                         const InitialStates& initial_states,
                                                         const Context& context) {
    std::vector<std::unique_ptr<HeadTraining>> members(static_cast<std::size_t>(config.ensemble));
    context.pool.for_each(members.size(), [&](std::size_t member) {
        const std::uint64_t member_seed = Random(stream_seed(seed, Stream::member), member).bits();
        const std::uint64_t own_seed = member == 0 ? seed : member_seed;
        members[member] = std::make_unique<HeadTraining>(data, config, own_seed,
                                                         initial_states.of(data, config, own_seed), context);
    });
    return members;
}

/// Adds a share of one list to another of the same length.
void add_share(std::vector<double>& sums, const std::vector<double>& values, double share) {
    sums.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) sums[i] += share * values[i];
}

/// What the heads of an ensemble measured together.
///
/// probabilities  of the validation tracks, the mean over the heads
EpochMetrics together(const std::vector<EpochMetrics>& members, const Matrix& probabilities,
                      std::span<const std::size_t> labels) {
    EpochMetrics all;
    const double share = 1.0 / static_cast<double>(members.size());
    for (const EpochMetrics& member : members) {
        all.train_loss += share * member.train_loss;
        all.train_accuracy += share * member.train_accuracy;
        add_share(all.batch_losses, member.batch_losses, share);
        add_share(all.batch_accuracies, member.batch_accuracies, share);
        all.members.push_back(
            {member.train_loss, member.train_accuracy, member.validation_loss, member.validation_accuracy});
    }
    const Metrics measured = metrics_of(probabilities, labels);
    all.epoch = members.front().epoch;
    all.lr = members.front().lr;
    all.validation_loss = measured.loss;
    all.validation_accuracy = measured.accuracy;
    return all;
}

/// One epoch of all heads, at the same time.
EpochMetrics run_epoch(const std::vector<std::unique_ptr<HeadTraining>>& members, const TrainingData& data,
                       int epoch, const Context& context) {
    if (members.size() == 1) return members.front()->run_epoch(epoch);
    const auto start = std::chrono::steady_clock::now();
    std::vector<EpochMetrics> metrics(members.size());
    context.pool.for_each(members.size(), [&](std::size_t i) { metrics[i] = members[i]->run_epoch(epoch); });
    Matrix mean = members.front()->validation_probabilities();  // [tracks x genres]
    for (std::size_t i = 1; i < members.size(); ++i) {
        std::ranges::transform(mean.values(), members[i]->validation_probabilities().values(), mean.data(),
                               std::plus<>());
    }
    for (float& value : mean.values()) value /= static_cast<float>(members.size());
    EpochMetrics all = together(metrics, mean, data.validation.track_labels);
    all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return all;
}

/// The epoch with the highest score is kept.
double score_of(const EpochMetrics& metrics, const std::string& select) {
    if (select == "last") return metrics.epoch;
    return select == "loss" ? -metrics.validation_loss : metrics.validation_accuracy;
}

}  // namespace

void check(const TrainConfig& config) {
    check(config.head);
    need(std::isfinite(config.lr) && config.lr > 0.0F, "lr", "a learning rate above 0", config.lr);
    need(std::isfinite(config.weight_decay) && config.weight_decay >= 0.0F, "weight_decay", "0 or more",
         config.weight_decay);
    need(config.batch >= 1 && config.batch <= 65536, "batch", "1 to 65536 rows", config.batch);
    need(config.epochs >= 1 && config.epochs <= 1'000'000, "epochs", "1 to 1000000", config.epochs);
    need(config.ensemble >= 1 && config.ensemble <= 100, "ensemble", "1 to 100 heads", config.ensemble);
    need(config.label_smoothing >= 0.0F && config.label_smoothing < 1.0F, "label_smoothing",
         "a share of at least 0 and less than 1", config.label_smoothing);
    need(config.mixup == 0.0F || (config.mixup >= 0.05F && config.mixup <= 1.0F), "mixup", "0, or 0.05 to 1",
         config.mixup);
    need_one_of(config.select, "select", {"loss", "accuracy", "last"});
    need_one_of(config.schedule, "schedule", {"constant", "cosine"});
}

Trained train(const TrainingData& data, const TrainConfig& config, std::uint64_t seed,
              const InitialStates& initial_states, const std::function<bool(const EpochMetrics&)>& goes_on,
              const Context& context) {
    const PoolScope threads(context.pool);
    const auto start = std::chrono::steady_clock::now();
    check(config);
    Trained trained;
    std::vector<std::unique_ptr<HeadTraining>> members =
        begin_members(data, config, seed, initial_states, context);
    double best_score = -std::numeric_limits<double>::infinity();
    for (int epoch = 1; epoch <= config.epochs; ++epoch) {
        EpochMetrics metrics = run_epoch(members, data, epoch, context);
        if (const double score = score_of(metrics, config.select); score > best_score) {
            best_score = score;
            trained.best_epoch = epoch;
            for (const auto& member : members) member->keep();
        }
        const bool ends = goes_on && !goes_on(metrics);
        trained.history.push_back(std::move(metrics));
        if (ends) break;
    }
    trained.heads.standardisation = data.standardisation;
    for (const auto& member : members) trained.heads.heads.push_back(member->kept_head());
    trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return trained;
}

Trained train(const FeatureTable& table, const Split& split, const TrainConfig& config, std::uint64_t seed,
              const std::function<void(const EpochMetrics&)>& on_epoch, const Context& context) {
    check(config);
    const PoolScope threads(context.pool);
    const TrainingData data = training_data(table, split, config.standardise);
    const auto goes_on = [&](const EpochMetrics& epoch) {
        if (on_epoch) on_epoch(epoch);
        return true;
    };
    return train(data, config, seed, InitialStates(), goes_on, context);
}

Matrix predict_tracks(const HeadSet& heads, const FeatureTable& table, std::span<const std::size_t> tracks,
                      const Context& context) {
    const PoolScope threads(context.pool);
    const SubsetRows subset = rows_of_tracks(table, tracks);
    return mean_over_rows(predict_rows(heads, subset.features), subset.first_row);
}

}  // namespace melvit
