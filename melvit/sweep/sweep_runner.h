#pragma once

#include "melvit/core/context.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"
#include "melvit/search/sweep_file.h"
#include "melvit/sweep/sweep_folder.h"
#include "melvit/sweep/sweep_record.h"
#include "melvit/training/trainer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace melvit {

/// How many trials may be on their way at once where one looks at the results of others (bayes,
/// early_terminate, a target): trial i sees those up to i - 8, however many run at the same time, so that its
/// result does not depend on that.
inline constexpr std::size_t kUnseenTrials = 8;

/// All that the trials of a sweep share.
struct SweepJob {
    const FeatureTable* table = nullptr;
    const Split* split = nullptr;
    SweepFile file;
    TrainConfig training;    ///< what all trials start from: shared_settings
    std::uint64_t seed = 0;  ///< of each trial's start, batches and dropout, and of the search
    std::size_t jobs = 1;    ///< trials at the same time; of several each runs on one thread
    /// Makes the model's file of a trial's heads.
    std::function<void(const std::filesystem::path&, const TrialRecord&, const HeadSet&)> write_model;
    /// After each trial that ends here, from any thread, one at a time; may be empty.
    std::function<void(const TrialRecord&)> on_trial;
};

/// How many trials a sweep has: the points of its grid or its run_cap.
std::size_t trial_count(const SweepFile& file);

/// Runs every trial that has not ended yet and that no other process runs, and returns when all have ended,
/// those of other processes too; what a process leaves when it dies is run here. A trial equals `melvit
/// train` with its settings, bit by bit.
///
/// throws  Error when the folder cannot be written any more; Stopped. What has ended stays
void run_trials(const SweepJob& job, const SweepFolder& folder, const Context& context = {});

}  // namespace melvit
