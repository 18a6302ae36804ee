#pragma once

#include <nlohmann/json.hpp>

namespace melvit {

/// Where and with what a run was made, for its result and its model file: the program's version and commit,
/// the command, the time (UTC), the processor, the threads, the host and the operating system.
nlohmann::ordered_json run_facts();

}  // namespace melvit
