#include "melvit/audio/rifx.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace melvit {
namespace {

using Header = std::vector<std::uint8_t>;

constexpr std::size_t kChunkStart = 8;  // a name and a size
constexpr std::size_t kExtensibleBytes = 40;

bool names(const Header& header, std::size_t at, std::string_view name) {
    return header.size() >= at + name.size() &&
           std::equal(name.begin(), name.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Turns numbers of these many bytes that follow each other, as far as they lie before `end`.
void turn(Header& header, std::size_t at, std::size_t end, std::initializer_list<std::size_t> sizes) {
    for (const std::size_t size : sizes) {
        if (at + size > end) return;
        const auto first = header.begin() + static_cast<std::ptrdiff_t>(at);
        std::reverse(first, first + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
}

/// The coding in an extended header is the first number of a GUID: four bytes, of which SoX turns the first
/// two by themselves.
void turn_coding(Header& header, std::size_t at) {
    const std::size_t high = header[at] == 0 && header[at + 1] == 0 ? at + 2 : at;
    const std::uint8_t code_high = header[high];
    const std::uint8_t code_low = header[high + 1];
    constexpr std::array<std::uint8_t, 14> kRest{0,    0,    0x00, 0x00, 0x10, 0x00, 0x80,
                                                 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    header[at] = code_low;
    header[at + 1] = code_high;
    std::ranges::copy(kRest, header.begin() + static_cast<std::ptrdiff_t>(at) + 2);
}

}  // namespace

Header little_endian_header(const std::function<Header(std::int64_t, std::size_t)>& read) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
    constexpr std::size_t kFirstChunk = 12;
    Header header = read(0, kFirstChunk);
    if (!names(header, 0, "RIFX") || !names(header, 8, "WAVE")) return {};
    header = read(0, kMostBytes);
    header[3] = 'F';
    turn(header, 4, kChunkStart, {4});
    for (std::size_t at = kFirstChunk; at + kChunkStart <= header.size();) {
        turn(header, at + 4, at + kChunkStart, {4});
        std::size_t bytes = 0;
        for (std::size_t i = 4; i-- > 0;) bytes = bytes << 8U | header[at + 4 + i];
        const std::size_t body = at + kChunkStart;
        if (names(header, at, "data")) {
            header.resize(body);
            return header;
        }
        const std::size_t end = std::min(header.size(), body + bytes);
        if (names(header, at, "fmt ")) {
            turn(header, body, end, {2, 2, 4, 4, 2, 2, 2, 2, 4});
            if (end >= body + kExtensibleBytes) turn_coding(header, body + 24);
        }
        if (names(header, at, "fact")) turn(header, body, end, {4});
        at = body + bytes + bytes % 2;
    }
    return {};
}

}  // namespace melvit
