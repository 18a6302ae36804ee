#pragma once

#include <cstdint>
#include <string_view>

namespace melvit {

/// The checksum of zip and PNG (polynomial 0x04C11DB7): "123456789" gives 0xCBF43926.
///
/// before  the checksum of the bytes that stand before these
std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before = 0);

}  // namespace melvit
