#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace melvit {

/// A way to divide tracks, and what changes from one of its runs to the next. A run of seed s trains with
/// seed s as well:
///
///   random          random:s
///   stratified      stratified:s
///   grouped         grouped:s
///   kfold           kfold:K:S with the study's first seed; one run a fold
///   gtzan-filtered, gtzan-stratified   the published list; only the training seed changes
///   own             the data's own split column; only the training seed changes
///   fixed-split     random:S with the study's first seed; only the training seed changes
///   fixed-test      the test set of random:S held, training and validation set redrawn
///   new-test        all three subsets redrawn: the splits of `random`, to be seen beside the two above
struct SplitProtocol {
    const char* name;
    const char* what;  ///< in plain words
    /// Its runs redraw the test set and the training set from the same tracks, see estimate_of. A test set
    /// that is held is outside of that derivation: `fixed-test` has the plain interval, of that subset alone.
    bool redraws_all;
    bool has_learning_curve;  ///< is trained on fractions of the training set too
};

/// All of them, in the order of reports.
const std::vector<SplitProtocol>& split_protocols();

/// throws  Error for a name that is none of them
const SplitProtocol& find_split_protocol(const std::string& name);

/// What a study of splits runs.
struct SplitStudyConfig {
    std::vector<std::string> protocols{};  ///< empty: all that the data allows
    std::uint64_t seed = 0;                ///< the first of `seeds` seeds
    std::size_t seeds = 5;
    std::size_t folds = 10;  ///< of kfold
    /// Shares of the training set for the learning curves; the whole subset is always among them.
    std::vector<double> fractions{0.1, 0.2, 0.4, 0.6, 0.8};
    bool allow_duplicates = false;  ///< of make_splits
};

/// throws  Error for a setting out of range, and for protocols and fractions that are named twice
void check(const SplitStudyConfig& config);

/// One training to come.
struct PlannedRun {
    std::string protocol;
    double fraction = 1;     ///< of the training set
    std::uint64_t seed = 0;  ///< of the training
    std::size_t fold = 0;    ///< from 0; only kfold counts
    Split split;
};

struct StudyPlan {
    std::vector<PlannedRun> runs;       ///< by protocol, then fraction, then seed and fold
    std::vector<std::string> notes;     ///< what was left out and why, and the notes of the splits
    std::vector<std::string> warnings;  ///< split_warnings of each protocol, on whole training sets
};

/// The runs of a study. The table's rows are not looked at.
///
/// throws  Error when a protocol that config names is not possible with this data, and when none is; without
///         names such protocols are left out with a note
StudyPlan plan_split_study(const FeatureTable& table, const SplitStudyConfig& config);

/// The SHA-256 of all runs of a plan: their names, seeds and subsets.
std::string plan_sha256(const StudyPlan& plan);

/// Part of a training set in which each genre keeps its share, within a track, and has at least one track.
/// The part of a smaller fraction is contained in that of a larger one with the same seed.
///
/// fraction  0 < fraction <= 1
/// returns   in ascending order
std::vector<std::size_t> stratified_part(const FeatureTable& table, const std::vector<std::size_t>& tracks,
                                         double fraction, std::uint64_t seed);

}  // namespace melvit
