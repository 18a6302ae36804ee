#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace melvit {

/// The bytes of a big-endian WAV file (RIFX) up to its first sample, with all their numbers little-endian, as a
/// WAV file has them. FFmpeg reads no RIFX header of more than 16 bytes: SoX writes longer ones for all but 8
/// and 16 bits.
///
/// read     (offset, count) gives bytes of the file, fewer where it ends
/// returns  nothing of what is no RIFX file, or has no samples within 1 MiB
/// source   Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"; WAVEFORMATEXTENSIBLE
std::vector<std::uint8_t> little_endian_header(
    const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read);

}  // namespace melvit
