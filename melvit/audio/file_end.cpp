#include "melvit/audio/file_end.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace melvit {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kPageHeaderBytes = 27;  // before the table of segments
constexpr std::size_t kAdtsHeaderBytes = 7;

/// The last place at which a page begins: "OggS" and version 0.
std::optional<Bytes> last_page(Bytes end) {
    static constexpr std::array<std::uint8_t, 5> kStart{'O', 'g', 'g', 'S', 0};
    const auto found = std::find_end(end.begin(), end.end(), kStart.begin(), kStart.end());
    if (found == end.end()) return std::nullopt;
    return end.subspan(static_cast<std::size_t>(found - end.begin()));
}

/// The length of the ADTS frame that begins here, 0 when none does.
std::size_t adts_frame_bytes(Bytes bytes) {
    if (bytes.size() < kAdtsHeaderBytes) return 0;
    if (bytes[0] != 0xFF || (bytes[1] & 0xF6U) != 0xF0) return 0;  // 12 bits of sync, layer 0
    const std::size_t length = (bytes[3] & 0x03U) << 11U | bytes[4] << 3U | bytes[5] >> 5U;
    return length > kAdtsHeaderBytes ? length : 0;
}

/// Whether two frames are of one stream: the same profile, rate and channels.
bool are_alike(Bytes first, Bytes second) {
    return first[1] == second[1] && (first[2] & 0xFDU) == (second[2] & 0xFDU) &&
           (first[3] & 0xC0U) == (second[3] & 0xC0U);
}

}  // namespace

bool ogg_is_cut(Bytes end) {
    const std::optional<Bytes> page = last_page(end);
    if (!page || page->size() < kPageHeaderBytes) return true;
    const std::size_t segments = (*page)[26];
    if (page->size() < kPageHeaderBytes + segments) return true;
    const Bytes table = page->subspan(kPageHeaderBytes, segments);
    const std::size_t body = std::accumulate(table.begin(), table.end(), std::size_t{0});
    const bool ends_stream = ((*page)[5] & 0x04U) != 0;
    return !ends_stream || page->size() < kPageHeaderBytes + segments + body;
}

bool adts_is_cut(Bytes end) {
    // Chance makes one header of other bytes, hardly two of a kind at the right distance.
    for (std::size_t start = 0; start + kAdtsHeaderBytes <= end.size(); ++start) {
        Bytes frame = end.subspan(start);
        std::size_t frames = 1;
        for (std::size_t length = adts_frame_bytes(frame); length != 0; ++frames) {
            if (length > frame.size() && frames <= 2) break;
            if (length > frame.size()) return true;
            const Bytes next = frame.subspan(length);
            length = adts_frame_bytes(next);
            if (length != 0 && !are_alike(frame, next)) length = 0;
            // What is shorter than a header is the beginning of one, unless nothing is left.
            if (length == 0 && frames > 2)
                return !next.empty() && next.size() < kAdtsHeaderBytes && next[0] == 0xFF;
            frame = next;
        }
    }
    return false;
}

}  // namespace melvit
