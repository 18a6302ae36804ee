#pragma once

#include <cstdlib>
#include <filesystem>

namespace melvit {

/// The path in an environment variable; empty when it is not set.
inline std::filesystem::path environment_path(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

}  // namespace melvit
