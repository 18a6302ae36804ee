#include "melvit/training/trainer.h"

#include "melvit/core/error.h"
#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/core/text.h"
#include "melvit/training/head_start.h"
#include "melvit/training/head_training.h"
#include "melvit/training/seed_streams.h"
#include "melvit/training/training_data.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
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
              const HeadStarts& starts, const std::function<bool(const EpochMetrics&)>& goes_on) {
    const auto start = std::chrono::steady_clock::now();
    check(config);
    Trained trained;
    trained.heads.standardisation = data.standardisation;
    trained.heads.heads.resize(static_cast<std::size_t>(config.ensemble));
    parallel_for(trained.heads.heads.size(), [&](std::size_t member) {
        const std::uint64_t member_seed = Random(stream_seed(seed, Stream::member), member).bits();
        const std::uint64_t own_seed = member == 0 ? seed : member_seed;
        HeadTraining training(data, config, own_seed, starts.of(data, config, own_seed));
        for (int epoch = 1; epoch <= config.epochs; ++epoch) {
            EpochMetrics metrics = training.run_epoch(epoch);
            if (member != 0) continue;
            const bool ends = goes_on && !goes_on(metrics);
            trained.history.push_back(std::move(metrics));
            assert(!ends || config.ensemble == 1);
            if (ends) break;
        }
        if (member == 0) trained.best_epoch = training.best_epoch();
        trained.heads.heads[member] = training.best_head();
    });
    trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return trained;
}

Trained train(const FeatureTable& table, const Split& split, const TrainConfig& config, std::uint64_t seed,
              const std::function<void(const EpochMetrics&)>& on_epoch) {
    check(config);
    const TrainingData data = training_data(table, split, config.standardise);
    return train(data, config, seed, HeadStarts(), [&](const EpochMetrics& epoch) {
        if (on_epoch) on_epoch(epoch);
        return true;
    });
}

Matrix predict_tracks(const HeadSet& heads, const FeatureTable& table, std::span<const std::size_t> tracks) {
    const SideRows side = rows_of_tracks(table, tracks);
    return mean_over_rows(predict_rows(heads, side.features), side.first_row);
}

}  // namespace melvit
