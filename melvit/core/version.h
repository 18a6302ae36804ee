#pragma once

#include <string_view>

namespace melvit {

extern const std::string_view kVersion;  ///< "0.1.0"
extern const std::string_view kCommit;   ///< of the sources, "unknown" when they were no git checkout

}  // namespace melvit
