#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/sweep/sweep_file.h"

#include <nlohmann/json.hpp>
#include <string>

namespace melvit {

/// What a sweep file asks for, for S/sweep.json: "name", "description", "project", "entity", "method", "metric",
/// "parameters", "early_terminate" (null: none), "run_cap" (null: none), "notes".
nlohmann::ordered_json sweep_json(const SweepFile& file);

/// The SHA-256 of everything that training takes from a data set's files: genres, labels and the bytes of each file.
std::string data_sha256(const FeatureTable& table);

}  // namespace melvit
