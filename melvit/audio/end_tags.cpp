#include "melvit/audio/end_tags.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace melvit {
namespace {

constexpr int kMostEndTags = 16;  // a real file has two or three

/// The end of a file, as text; what is asked for beyond its start is empty.
class Ending {
public:
    Ending(std::int64_t size, const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read)
        : size_(size), read_(read) {}

    std::int64_t size() const { return size_; }

    /// `count` bytes that start `before_end` bytes before the end.
    std::string text(std::int64_t before_end, std::size_t count) const {
        if (before_end > size_) return {};
        const std::vector<std::uint8_t> bytes = read_(size_ - before_end, count);
        return {bytes.begin(), bytes.end()};
    }

    bool has(std::int64_t before_end, std::string_view text_there) const {
        return text(before_end, text_there.size()) == text_there;
    }

private:
    std::int64_t size_;
    const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read_;
};

std::int64_t id3v1_bytes(const Ending& end) {
    constexpr std::int64_t kTag = 128;
    constexpr std::int64_t kExtension = 227;
    if (!end.has(kTag, "TAG")) return 0;
    return end.has(kTag + kExtension, "TAG+") ? kTag + kExtension : kTag;
}

std::int64_t ape_bytes(const Ending& end) {
    constexpr std::int64_t kFooter = 32;
    if (!end.has(kFooter, "APETAGEX")) return 0;
    const std::string footer = end.text(kFooter, kFooter);
    std::int64_t bytes = 0;  // items and footer
    for (std::size_t i = 16; i-- > 12;) bytes = bytes << 8U | static_cast<std::uint8_t>(footer[i]);
    const bool has_header = (static_cast<std::uint8_t>(footer[23]) & 0x80U) != 0;
    return bytes < kFooter ? 0 : bytes + (has_header ? kFooter : 0);
}

std::int64_t lyrics_bytes(const Ending& end) {
    constexpr std::int64_t kMark = 9;  // "LYRICS200", "LYRICSEND"
    constexpr std::size_t kDigits = 6;
    constexpr std::int64_t kLongestFirstVersion = 5100 + 11 + kMark;
    if (end.has(kMark, "LYRICS200")) {
        const std::string digits = end.text(kMark + kDigits, kDigits);
        const bool is_number =
            digits.size() == kDigits && digits.find_first_not_of("0123456789") == digits.npos;
        return is_number ? std::stoll(digits) + kMark + static_cast<std::int64_t>(kDigits) : 0;
    }
    if (!end.has(kMark, "LYRICSEND")) return 0;
    const std::int64_t looked_at = std::min(end.size(), kLongestFirstVersion);
    const std::size_t begin = end.text(looked_at, static_cast<std::size_t>(looked_at)).rfind("LYRICSBEGIN");
    return begin == std::string::npos ? 0 : looked_at - static_cast<std::int64_t>(begin);
}

std::int64_t id3v2_bytes(const Ending& end) {
    constexpr std::int64_t kFooter = 10;
    if (!end.has(kFooter, "3DI")) return 0;
    std::int64_t bytes = 0;
    for (const char byte : end.text(4, 4)) bytes = bytes << 7U | (static_cast<std::uint8_t>(byte) & 0x7FU);
    bytes += 2 * kFooter;
    return end.has(bytes, "ID3") ? bytes : 0;
}

}  // namespace

std::int64_t end_tag_bytes(std::int64_t size,
                           const std::function<std::vector<std::uint8_t>(std::int64_t, std::size_t)>& read) {
    std::int64_t tags = 0;
    for (int count = 0; count < kMostEndTags; ++count) {
        const Ending end(size - tags, read);
        std::int64_t bytes = id3v1_bytes(end);
        if (bytes == 0) bytes = ape_bytes(end);
        if (bytes == 0) bytes = lyrics_bytes(end);
        if (bytes == 0) bytes = id3v2_bytes(end);
        if (bytes == 0 || bytes >= end.size()) break;  // a tag that would be the whole file is none
        tags += bytes;
    }
    return tags;
}

}  // namespace melvit
