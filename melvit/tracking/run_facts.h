#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

namespace melvit {

/// Where and with what a run was made, for its result and its model file: the program's version and commit,
/// the command, the time (UTC), the processor, the threads, the host and the operating system.
///
/// threads  of the run's pool
nlohmann::ordered_json run_facts(std::size_t threads);

}  // namespace melvit
