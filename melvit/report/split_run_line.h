#pragma once

#include "melvit/training/split_study.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace melvit {

/// A line of runs.jsonl: a training's names, figures, times and which test tracks it got right.
nlohmann::ordered_json split_run_line(const StudyRun& run);

/// The run of such a line, without its test tracks and its numbers of tracks, which the plan knows.
///
/// returns  nothing for a run that failed, and for what is no such line
std::optional<StudyRun> read_split_run_line(const nlohmann::ordered_json& line);

}  // namespace melvit
