#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace melvit {

/// How many bytes of tags stand at the end of a file: ID3v1 and its extension, Lyrics3, APE, ID3v2 with a
/// footer, in any order and number.
///
/// size     of the file, bytes
/// read     (offset, count) gives bytes of the file, fewer where it ends
/// source   id3.org, "ID3v1", "Lyrics3 v1", "Lyrics3 v2", "ID3v2.4.0" section 3.4; hydrogenaud.io, "APEv2
///          specification"
std::int64_t end_tag_bytes(std::int64_t size,
                           const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read);

}  // namespace melvit
