#include "melvit/core/user_text.h"

#include "melvit/core/error.h"
#include "melvit/core/unicode.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <iconv.h>
#include <optional>

namespace melvit {
namespace {

using namespace std::string_view_literals;

/// What iconv made of a text, up to the first byte that it cannot read.
struct Converted {
    std::string text;
    std::size_t bytes_read = 0;
};

/// throws  Error when this system does not know the encoding
Converted to_utf8(std::string_view bytes, const char* encoding) {
    const iconv_t converter = ::iconv_open("UTF-8", encoding);
    if (converter == iconv_t(-1)) {  // NOLINT(performance-no-int-to-ptr): as POSIX has it
        throw Error(encoding, "needs the C library's tables of encodings (gconv)", "they are not installed");
    }
    Converted converted;
    std::array<char, 4096> piece;
    char* from = const_cast<char*>(bytes.data());  // iconv takes it so and leaves it alone
    std::size_t left = bytes.size();
    bool goes_on = true;
    while (left > 0 && goes_on) {
        char* to = piece.data();
        std::size_t room = piece.size();
        const std::size_t result = ::iconv(converter, &from, &left, &to, &room);
        converted.text.append(piece.data(), to);
        goes_on = result != static_cast<std::size_t>(-1) || to != piece.data();
    }
    ::iconv_close(converter);
    converted.bytes_read = bytes.size() - left;
    return converted;
}

struct Encoding {
    std::string_view mark;
    const char* name;
};

// UTF-32 first: its little-endian mark starts with that of UTF-16.
constexpr std::array<Encoding, 4> kMarked = {{{"\xFF\xFE\0\0"sv, "UTF-32LE"},
                                              {"\0\0\xFE\xFF"sv, "UTF-32BE"},
                                              {"\xFF\xFE"sv, "UTF-16LE"},
                                              {"\xFE\xFF"sv, "UTF-16BE"}}};

/// UTF-16 without a mark whose first characters are ASCII, as a header's and a path's are: every other byte of
/// the first four is zero. (A list of find -print0 with two names of one letter would be, and names no files.)
std::optional<Encoding> unmarked_utf16(std::string_view text) {
    if (text.size() < 4) return std::nullopt;
    const auto is_zero = [&](std::size_t i) { return text[i] == '\0'; };
    if (!is_zero(0) && is_zero(1) && !is_zero(2) && is_zero(3)) return Encoding{""sv, "UTF-16LE"};
    if (is_zero(0) && !is_zero(1) && is_zero(2) && !is_zero(3)) return Encoding{""sv, "UTF-16BE"};
    return std::nullopt;
}

}  // namespace

std::string decode_text(std::string bytes, std::string_view thing) {
    constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
    if (bytes.starts_with(kUtf8Mark)) return bytes.substr(kUtf8Mark.size());
    const auto marked = std::ranges::find_if(
        kMarked, [&](const Encoding& encoding) { return bytes.starts_with(encoding.mark); });
    const std::optional<Encoding> encoding = marked != kMarked.end() ? *marked : unmarked_utf16(bytes);
    if (!encoding) return bytes;
    const std::string_view text = std::string_view(bytes).substr(encoding->mark.size());
    Converted converted = to_utf8(text, encoding->name);
    if (converted.bytes_read == text.size()) return std::move(converted.text);
    throw Error(fmt::format("{} line {}", thing, std::max<std::size_t>(1, text_lines(converted.text).size())),
                fmt::format("needs to be {} as its first bytes say", encoding->name),
                fmt::format("byte {} starts no character", encoding->mark.size() + converted.bytes_read));
}

std::vector<std::string_view> text_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
    }
    return lines;
}

std::string utf8_of_spreadsheet(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    Converted converted = to_utf8(text, "WINDOWS-1252");
    return converted.bytes_read == text.size() ? std::move(converted.text) : std::string(text);
}

}  // namespace melvit
