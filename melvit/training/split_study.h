#pragma once

#include "melvit/core/context.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/training/split_protocols.h"
#include "melvit/training/trainer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace melvit {

/// One training of a study of splits and what it measured.
struct StudyRun {
    std::string recipe;
    std::string protocol;    ///< a name of split_protocols
    double fraction = 1;     ///< of the training set
    std::uint64_t seed = 0;  ///< of the training
    std::size_t fold = 0;
    std::size_t train = 0, validation = 0, test = 0;  ///< tracks
    int best_epoch = 0;
    double validation_accuracy = 0, validation_loss = 0;
    double test_accuracy = 0, test_loss = 0, test_macro_f1 = 0;
    double started = 0;  ///< seconds since 1970
    double seconds = 0;
    std::vector<std::size_t> test_tracks;  ///< indices into the table
    std::vector<bool> right;               ///< [test tracks]
    std::string error;                     ///< why it has no figures; else empty
};

/// All runs of one recipe.
struct RecipeRuns {
    std::string recipe;
    std::vector<std::string> files;  ///< of the table that test_tracks index
    std::vector<StudyRun> runs;      ///< as planned
};

/// A training that ended, how many have and how many there will be. Called by one thread at a time.
using OnStudyRun = std::function<void(const StudyRun& run, std::size_t done, std::size_t all)>;

/// Trains and measures a head for each run of a plan, several at a time. Runs of the same subsets and seed, as
/// `random` and `new-test` have them, are trained once. The same bits for any number of threads, the seconds
/// left out.
///
/// recipe  its name in the runs
/// on_run  for each training that ends now, in that order; may be empty
/// ended   trainings of an earlier day, which are not run again; their test_tracks and numbers of tracks need
///         not be set
/// returns a run that fails (its loss is no longer finite) says so in `error`, the others go on
/// throws  Error for settings out of range; Stopped
RecipeRuns run_split_study(const FeatureTable& table, const StudyPlan& plan, const std::string& recipe,
                           const TrainConfig& config, const OnStudyRun& on_run,
                           const std::vector<StudyRun>& ended = {}, const Context& context = {});

}  // namespace melvit
