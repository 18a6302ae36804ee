#include "melvit/sweep/sweep_runner.h"

#include "melvit/core/error.h"
#include "melvit/core/thread_pool.h"
#include "melvit/search/early_stopping.h"
#include "melvit/search/search.h"
#include "melvit/sweep/trial_settings.h"
#include "melvit/training/initial_state.h"
#include "melvit/training/training_data.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace melvit {
namespace {

using Clock = std::chrono::system_clock;

double seconds_of(Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// What other trials may know of one.
struct Outcome {
    Observation observation;
    std::vector<double> values;  ///< [epochs] the metric, lower is better
    bool reached_target = false;
};

class SweepRunner {
public:
    SweepRunner(const SweepJob& job, const SweepFolder& folder, const Context& context)
        : job_(job),
          folder_(folder),
          context_(context),
          search_(make_search(job.file, job.seed)),
          base_(job.training),
          trials_(search_->trials()) {}

    void run() {
        data_for(base_);
        // More workers than trials that may be on their way would only wait for each other.
        const std::size_t workers =
            std::min({job_.jobs, trials_, looks_at_others() ? kUnseenTrials : trials_});
        context_.pool.for_each(workers, [&](std::size_t) { run_next_trials(); });
        // What other processes run ends there, or falls to this one when they die.
        context_.pool.for_each(workers, [&](std::size_t worker) {
            for (std::size_t id = worker + 1; id <= trials_; id += workers) {
                if (looks_at_others()) await_others_before(id);
                await(id);
            }
        });
    }

private:
    void run_next_trials() try {
        for (std::size_t id = ++last_taken_; id <= trials_; id = ++last_taken_) {
            if (looks_at_others()) await_others_before(id);
            if (!folder_.has_ended(id) && !target_is_reached_before(id)) run_if_free(id);
        }
    } catch (...) {
        last_taken_ = trials_;  // the disk is full, say: the other workers start nothing new
        throw;
    }

    bool looks_at_others() const {
        return search_->learns() || job_.file.early.kind != EarlyTermination::Kind::none ||
               job_.file.metric.target.has_value();
    }

    /// The trials 1 ... n that trial `id` may know of: n.
    static std::size_t seen_by(std::size_t id) { return id > kUnseenTrials ? id - kUnseenTrials : 0; }

    void await_others_before(std::size_t id) {
        for (std::size_t other = ended_.load() + 1; other <= seen_by(id); ++other) {
            await(other);  // perhaps it falls to this worker, and looks at those before it
            learn_outcomes(other);
        }
    }

    /// Returns when the trial has ended, whoever runs it.
    void await(std::size_t id) {
        while (!folder_.has_ended(id) && !target_is_reached_before(id)) {
            context_.throw_if_stopped();
            if (!run_if_free(id)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    /// Reads what trials up to `last` say to others.
    void learn_outcomes(std::size_t last) {
        const std::lock_guard lock(mutex_);
        while (outcomes_.size() < last && folder_.has_ended(outcomes_.size() + 1)) {
            outcomes_.push_back(outcome_of(folder_.read_trial(outcomes_.size() + 1)));
            if (outcomes_.back().reached_target && first_to_reach_ == 0) first_to_reach_ = outcomes_.size();
            ended_ = outcomes_.size();
        }
    }

    bool target_is_reached_before(std::size_t id) const {
        const std::size_t first = first_to_reach_.load();
        return first != 0 && first <= seen_by(id);
    }

    Outcome outcome_of(const TrialRecord& trial) const {
        const bool failed = trial.status == TrialStatus::failed;
        const double sign = job_.file.metric.maximise ? -1.0 : 1.0;
        Outcome outcome{{trial.parameters, sign * trial.score, failed}, {}, false};
        for (const EpochMetrics& epoch : trial.history) outcome.values.push_back(value_of(epoch));
        const auto& target = job_.file.metric.target;
        outcome.reached_target = target && !failed && sign * trial.score <= sign * *target;
        return outcome;
    }

    double value_of(const EpochMetrics& epoch) const {
        return job_.file.metric.maximise ? -epoch.validation_accuracy : epoch.validation_loss;
    }

    /// returns  false when another worker runs it
    bool run_if_free(std::size_t id) {
        context_.throw_if_stopped();
        const std::optional<TrialClaim> claim = folder_.claim(id);
        if (!claim) return false;
        if (!folder_.has_ended(id)) run(id);
        return true;
    }

    void run(std::size_t id) {
        const Clock::time_point start = Clock::now();
        TrialRecord trial;
        trial.id = id;
        trial.started = seconds_of(start.time_since_epoch());
        trial.parameters = point_of(id);
        HeadSet heads;
        try {
            heads = train_trial(trial);
        } catch (const Error& error) {
            trial.status = TrialStatus::failed;
            trial.error = error.what();
        }
        trial.seconds = seconds_of(Clock::now() - start);
        if (trial.status != TrialStatus::failed) {
            folder_.offer_best(
                {trial.id, trial.score}, job_.file.metric.maximise,
                [&](const std::filesystem::path& file) { job_.write_model(file, trial, heads); });
        }
        folder_.write_trial(trial);
        const std::lock_guard lock(report_mutex_);
        if (job_.on_trial) job_.on_trial(trial);
    }

    Point point_of(std::size_t id) {
        std::vector<Observation> seen;
        if (search_->learns()) {
            const std::lock_guard lock(mutex_);
            assert(outcomes_.size() >= seen_by(id));
            for (std::size_t i = 0; i < seen_by(id); ++i) seen.push_back(outcomes_[i].observation);
        }
        return search_->point(id - 1, seen);
    }

    /// Trains a trial's heads and puts what was measured into its record.
    HeadSet train_trial(TrialRecord& trial) {
        const TrialSettings settings = trial_settings(trial.parameters, base_, job_.seed);
        const std::vector<std::vector<double>> others = values_of_others(trial.id);
        std::vector<double> values;
        const auto goes_on = [&](const EpochMetrics& epoch) {
            trial.history.push_back(epoch);
            values.push_back(value_of(epoch));
            const bool stops = stops_early(job_.file.early, settings.training.epochs, values, others);
            if (stops) trial.status = TrialStatus::stopped;
            return !stops;
        };
        Trained trained = train(data_for(settings.training), settings.training, settings.seed,
                                initial_states_, goes_on, context_);
        trial.best_epoch = trained.best_epoch;
        trial.validation_loss = trained.kept().validation_loss;
        trial.validation_accuracy = trained.kept().validation_accuracy;
        trial.score = job_.file.metric.maximise ? trial.validation_accuracy : trial.validation_loss;
        return std::move(trained.heads);
    }

    std::vector<std::vector<double>> values_of_others(std::size_t id) {
        std::vector<std::vector<double>> values;
        if (job_.file.early.kind == EarlyTermination::Kind::none) return values;
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < seen_by(id); ++i) values.push_back(outcomes_[i].values);
        return values;
    }

    /// The rows of both subsets, as they are or standardised, made once for all trials.
    const TrainingData& data_for(const TrainConfig& config) {
        const std::size_t which = config.standardise ? 1 : 0;
        std::call_once(data_made_[which], [&] {
            data_[which] =
                std::make_unique<TrainingData>(training_data(*job_.table, *job_.split, config.standardise));
        });
        return *data_[which];
    }

    const SweepJob& job_;
    const SweepFolder& folder_;
    const Context& context_;
    std::unique_ptr<Search> search_;
    TrainConfig base_;
    std::size_t trials_;
    std::atomic<std::size_t> last_taken_{0};
    std::mutex mutex_;
    std::vector<Outcome> outcomes_;               ///< [trials read so far], guarded by mutex_
    std::atomic<std::size_t> ended_{0};           ///< trials 1 ... ended_ are in outcomes_
    std::atomic<std::size_t> first_to_reach_{0};  ///< the first trial that reached the target; 0: none
    std::mutex report_mutex_;
    std::array<std::once_flag, 2> data_made_;
    std::array<std::unique_ptr<TrainingData>, 2> data_;
    InitialStates initial_states_;
};

}  // namespace

std::size_t trial_count(const SweepFile& file) {
    return make_search(file, 0)->trials();
}

void run_trials(const SweepJob& job, const SweepFolder& folder, const Context& context) {
    const PoolScope threads(context.pool);
    SweepRunner(job, folder, context).run();
}

}  // namespace melvit
