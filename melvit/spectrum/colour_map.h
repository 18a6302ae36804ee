#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace melvit {

/// 256 colours from the quietest to the loudest level, each 0xRRGGBB.
using ColourMap = std::array<std::uint32_t, 256>;

/// name    "magma" or "viridis"
/// throws  Error for other names
const ColourMap& colour_map(const std::string& name);

}  // namespace melvit
