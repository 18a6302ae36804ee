#pragma once

#include "melvit/core/export.h"

#include <string_view>

namespace melvit {

extern MELVIT_API const std::string_view kVersion;  ///< "0.1.0"
extern MELVIT_API const std::string_view
    kCommit;  ///< of the sources, "unknown" when they were no git checkout

}  // namespace melvit
