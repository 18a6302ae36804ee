#pragma once

#include "melvit/sweep/sweep_record.h"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace melvit {

/// The files of a sweep's folder and the version of all of them together.
inline constexpr int kSweepFormat = 1;
inline constexpr const char* kSweepFile = "sweep.json";
inline constexpr const char* kResultFile = "result.json";
inline constexpr const char* kTrialFile = "trial.json";
inline constexpr const char* kMetricsFile = "metrics.jsonl";

/// "finished", "stopped" or "failed".
const char* status_name(TrialStatus status);

/// What trial.json holds: everything of a trial but its history.
nlohmann::ordered_json trial_json(const TrialRecord& trial);

/// A line of metrics.jsonl.
nlohmann::ordered_json epoch_json(const EpochMetrics& epoch);

/// A trial's folder as a value.
///
/// throws  Error when trial.json or metrics.jsonl is missing or damaged
TrialRecord read_trial(const std::filesystem::path& folder);

/// S/sweep.json of a folder.
///
/// throws  Error when it is no sweep's folder, damaged, or of a format that this program does not know
nlohmann::ordered_json read_sweep_json(const std::filesystem::path& folder);

}  // namespace melvit
