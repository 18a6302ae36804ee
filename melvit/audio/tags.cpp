#include "melvit/audio/tags.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {
namespace {

constexpr int kMostTags = 16;  // on either side of the music; a real file has up to three

/// The length of the ID3v2 tag at the front, 0 when there is none or it leaves nothing of the file: "ID3",
/// version, flags, four bytes of 7 bits for the size.
std::int64_t front_tag_bytes(const Source& file) {
    constexpr std::size_t kHeaderBytes = 10;
    const std::vector<std::uint8_t> header = file.bytes_at(0, kHeaderBytes);
    if (header.size() < kHeaderBytes) return 0;
    if (header[0] != 'I' || header[1] != 'D' || header[2] != '3') return 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 6; i < header.size(); ++i) {
        if (header[i] >= 0x80) return 0;
        bytes = bytes << 7U | header[i];
    }
    const bool has_footer = (header[5] & 0x10U) != 0;
    bytes += std::int64_t{kHeaderBytes} * (has_footer ? 2 : 1);
    return bytes < file.size() ? bytes : 0;
}

/// `count` bytes that start `before_end` bytes before the end; empty beyond the file's start.
std::string text_at_end(const Source& file, std::int64_t before_end, std::size_t count) {
    if (before_end > file.size()) return {};
    const std::vector<std::uint8_t> bytes = file.bytes_at(file.size() - before_end, count);
    return {bytes.begin(), bytes.end()};
}

bool has_at_end(const Source& file, std::int64_t before_end, std::string_view text) {
    return text_at_end(file, before_end, text.size()) == text;
}

std::int64_t id3v1_bytes(const Source& file) {
    constexpr std::int64_t kTag = 128;
    constexpr std::int64_t kExtension = 227;
    if (!has_at_end(file, kTag, "TAG")) return 0;
    return has_at_end(file, kTag + kExtension, "TAG+") ? kTag + kExtension : kTag;
}

std::int64_t ape_bytes(const Source& file) {
    constexpr std::int64_t kFooter = 32;
    const std::string footer = text_at_end(file, kFooter, kFooter);
    if (footer.size() < kFooter || !footer.starts_with("APETAGEX")) return 0;
    std::int64_t bytes = 0;  // items and footer
    for (std::size_t i = 16; i-- > 12;) bytes = bytes << 8U | static_cast<std::uint8_t>(footer[i]);
    const bool has_header = (static_cast<std::uint8_t>(footer[23]) & 0x80U) != 0;
    return bytes < kFooter ? 0 : bytes + (has_header ? kFooter : 0);
}

std::int64_t lyrics_bytes(const Source& file) {
    constexpr std::int64_t kMark = 9;  // "LYRICS200", "LYRICSEND"
    constexpr std::size_t kDigits = 6;
    constexpr std::int64_t kLongestFirstVersion = 5100 + 11 + kMark;
    if (has_at_end(file, kMark, "LYRICS200")) {
        const std::string digits = text_at_end(file, kMark + kDigits, kDigits);
        const bool is_number =
            digits.size() == kDigits && digits.find_first_not_of("0123456789") == digits.npos;
        return is_number ? std::stoll(digits) + kMark + static_cast<std::int64_t>(kDigits) : 0;
    }
    if (!has_at_end(file, kMark, "LYRICSEND")) return 0;
    const std::int64_t looked_at = std::min(file.size(), kLongestFirstVersion);
    const std::size_t begin =
        text_at_end(file, looked_at, static_cast<std::size_t>(looked_at)).rfind("LYRICSBEGIN");
    return begin == std::string::npos ? 0 : looked_at - static_cast<std::int64_t>(begin);
}

std::int64_t id3v2_bytes(const Source& file) {
    constexpr std::int64_t kFooter = 10;
    if (!has_at_end(file, kFooter, "3DI")) return 0;
    std::int64_t bytes = 0;
    for (const char byte : text_at_end(file, 4, 4))
        bytes = bytes << 7U | (static_cast<std::uint8_t>(byte) & 0x7FU);
    bytes += 2 * kFooter;
    return has_at_end(file, bytes, "ID3") ? bytes : 0;
}

}  // namespace

Source without_front_tags(const Source& file) {
    Source rest = file;
    for (int tags = 0; tags < kMostTags; ++tags) {
        const std::int64_t bytes = front_tag_bytes(rest);
        if (bytes == 0) break;
        rest = rest.part(bytes, rest.size() - bytes);
    }
    return rest;
}

Source without_end_tags(const Source& file) {
    Source rest = file;
    for (int tags = 0; tags < kMostTags; ++tags) {
        std::int64_t bytes = id3v1_bytes(rest);
        if (bytes == 0) bytes = ape_bytes(rest);
        if (bytes == 0) bytes = lyrics_bytes(rest);
        if (bytes == 0) bytes = id3v2_bytes(rest);
        if (bytes == 0 || bytes >= rest.size()) break;  // a tag that would be the whole file is none
        rest = rest.part(0, rest.size() - bytes);
    }
    return rest;
}

}  // namespace melvit
