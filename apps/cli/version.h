#pragma once

#include <nlohmann/json.hpp>

namespace melvit::cli {

/// What `melvit --version --json` prints: version, commit, and the numeric identity of each precision.
nlohmann::ordered_json version_json();

}  // namespace melvit::cli
