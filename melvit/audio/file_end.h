#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace melvit {

/// Where the samples of a WAV file are.
struct WavData {
    std::int64_t offset = 0;
    std::uint32_t stated_bytes = 0;  ///< what the header says
};

/// read     (offset, count) gives bytes of the file, fewer where it ends
/// returns  nothing for a file that is no RIFF WAVE or ends before its samples
/// source   Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", RIFF
std::optional<WavData> find_wav_data(
    const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read);

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
