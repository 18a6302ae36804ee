#pragma once

#include "melvit/core/context.h"
#include "melvit/dataset/extract.h"
#include "melvit/dataset/split.h"
#include "melvit/search/sweep_file.h"
#include "melvit/sweep/sweep_record.h"
#include "melvit/training/experiment.h"
#include "melvit/training/run_folder.h"

#include <cstddef>
#include <filesystem>
#include <functional>

namespace melvit {

/// What defines a sweep, and how it is to run.
struct SweepConfig {
    SweepFile file;
    ExperimentConfig experiment;  ///< recipe, split and seed that all trials start from
    std::filesystem::path folder;
    std::size_t jobs = 1;  ///< trials at the same time
    bool resume = false;   ///< go on with what is in the folder
};

/// How far a sweep is.
struct SweepProgress {
    std::size_t ended = 0;
    std::size_t trials = 0;
    const TrialRecord* trial = nullptr;  ///< the one that ended now
    bool is_best = false;                ///< no trial that has ended is better
};

/// Says before features are made what run_sweep would say of the folder after it.
///
/// throws  Error for a folder that holds other things, a sweep that has begun (without resume), or another one
void check_sweep_can_run(const SweepConfig& config, const RunInputs& inputs);

/// Trains every trial of a sweep that has not ended yet, tests the best model once and writes the folder's
/// tables and its result.json. The same bits whatever the number of jobs, and after any interruption.
///
/// inputs       names of the data and the body, for the model's file
/// extracted    features of all tracks, made by experiment.recipe
/// on_trial     may be empty; one call at a time, from any thread
/// returns      the whole sweep as read_sweep gives it
/// throws       Error of check_sweep, SweepFolder and run_trials; Stopped, with the tables of what has ended
///              written
SweepRecord run_sweep(const SweepConfig& config, const RunInputs& inputs, const ExtractResult& extracted,
                      const Split& split, const std::function<void(const SweepProgress&)>& on_trial,
                      const Context& context = {});

}  // namespace melvit
