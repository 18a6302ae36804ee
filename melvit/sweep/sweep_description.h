#pragma once

#include "melvit/search/sweep_file.h"

#include <nlohmann/json.hpp>

namespace melvit {

/// What a sweep file asks for, for S/sweep.json: "name", "description", "project", "entity", "method",
/// "metric", "parameters", "early_terminate" (null: none), "run_cap" (null: none), "notes".
nlohmann::ordered_json sweep_json(const SweepFile& file);

}  // namespace melvit
