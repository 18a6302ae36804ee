#pragma once

#include "melvit/search/sweep_file.h"

#include <span>
#include <vector>

namespace melvit {

/// Whether a running trial is to stop after the epoch that it has just measured.
///
/// rule     EarlyTermination of the sweep file
/// epochs   that a trial has when it is not stopped
/// values   [epochs so far] the metric after each epoch of the running trial; lower is better
/// others   [trials] the same of the trials to compare with: earlier ones, stopped ones included
bool stops_early(const EarlyTermination& rule, int epochs, std::span<const double> values,
                 std::span<const std::vector<double>> others);

}  // namespace melvit
