#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"
#include "melvit/search/sweep_file.h"

#include <nlohmann/json.hpp>
#include <string>

namespace melvit {

/// What a sweep file asks for, for S/sweep.json: "name", "description", "project", "entity", "method", "metric",
/// "parameters", "early_terminate" (null: none), "run_cap" (null: none), "notes".
nlohmann::ordered_json sweep_json(const SweepFile& file);

/// The SHA-256 of a data set: the genre and the bytes of each file, in order.
std::string data_sha256(const FeatureTable& table);

/// The SHA-256 of which tracks are on which side.
std::string split_sha256(const Split& split);

}  // namespace melvit
