#pragma once

#include "melvit/sweep/sweep_record.h"

#include <cstddef>
#include <string>
#include <vector>

namespace melvit {

/// A parameter with more than one value among the trials that have a result, as figures see it.
struct Axis {
    std::string name;
    bool numeric = false;    ///< all values are numbers
    bool log_scale = false;  ///< its numbers are drawn on a logarithmic scale
    /// Whether several trials share a value, so that a line a value tells something: not so for a random
    /// search in a continuum.
    bool listed = true;
    std::vector<std::string> labels;  ///< [values], in ascending order
    std::vector<double> numbers;      ///< [values]; 0, 1, 2 ... where it is not numeric
    std::vector<std::size_t> places;  ///< [ranked trials] which value each has
    double importance = 0;            ///< explained_share of the metric's ranks; NaN when it cannot be told
};

/// How many trials the tables and learning curves of the best show.
inline constexpr std::size_t kBestTrials = 10;

/// What all figures and tables need to know of a sweep.
struct Overview {
    const SweepRecord* record = nullptr;
    bool about_accuracy = false;
    int epochs = 0;                           ///< of the longest trial
    std::vector<const TrialRecord*> ranked;   ///< those with a result, the best first
    std::vector<const TrialRecord*> failed;   ///< in order of id
    std::vector<const TrialRecord*> stopped;  ///< in order of id; they are in `ranked` as well
    std::vector<Axis> axes;  ///< learning rate and weight decay first if both vary, then by importance

    /// The sweep's metric of a trial at its best epoch as figures show it: error in percent or loss, lower is
    /// better.
    double metric_of(const TrialRecord& trial) const;
    std::string metric_name() const;  ///< "validation error (%)" or "validation loss"
};

/// record  outlives the overview
Overview overview_of(const SweepRecord& record);

}  // namespace melvit
