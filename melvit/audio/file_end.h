#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit {

/// As much of a file's end as the two functions below look at.
inline constexpr std::size_t kFileEndBytes = std::size_t{128} << 10U;  // two of the largest Ogg pages

/// Whether an Ogg file lacks the page that ends its stream, or a part of it.
///
/// end     the file's last kFileEndBytes, or all of it
/// source  RFC 3533, section 6
bool ogg_is_cut(std::span<const std::uint8_t> end);

/// Whether the last frame of an AAC stream of ADTS frames is not all there. A stream that was cut between two
/// frames cannot be told from a whole one.
///
/// source  ISO/IEC 13818-7, section 6.2
bool adts_is_cut(std::span<const std::uint8_t> end);

}  // namespace melvit
