#pragma once

#include "melvit/sweep/sweep_record.h"
#include "melvit/tracking/tracked_run.h"

#include <vector>

namespace melvit {

/// The trials of a sweep as runs for an experiment tracker, those that ended, in order of their ids.
///
/// The history has the study's names, a row an epoch: Validation_Accuracy, Validation_Loss,
/// Training_Accuracy, Training_Loss, the accuracies in per cent as in the study's logs, and epoch and lr. The
/// summary has the same four at the best epoch, best_epoch, status, and for the chosen trial its test
/// figures. The config has the trial's parameters, its number and what all trials share. The group is the
/// sweep's name.
///
/// returns  runs whose ids are a function of the sweep and the trial's number: the same in every export
/// throws   Error when the sweep's own facts are not as melvit writes them
std::vector<TrackedRun> tracked_runs(const SweepRecord& record);

}  // namespace melvit
