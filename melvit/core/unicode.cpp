#include "melvit/core/unicode.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <utf8proc.h>

namespace melvit {
namespace {

struct Character {
    std::size_t bytes = 0;  ///< 0 when there is none
    utf8proc_int32_t code_point = -1;
};

Character first_character(std::string_view text) {
    Character first;
    const auto length = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), length, &first.code_point);
    if (bytes > 0) first.bytes = static_cast<std::size_t>(bytes);
    return first;
}

bool is_blank(utf8proc_int32_t code_point) {
    constexpr utf8proc_int32_t kByteOrderMark = 0xFEFF, kZeroWidthSpace = 0x200B;
    if (code_point == kByteOrderMark || code_point == kZeroWidthSpace) return true;
    const utf8proc_category_t category = utf8proc_category(code_point);
    return category == UTF8PROC_CATEGORY_ZS || (code_point >= '\t' && code_point <= '\r');
}

/// returns  the text as it is where it is not UTF-8
std::string mapped(std::string_view text, utf8proc_option_t options) {
    utf8proc_uint8_t* bytes = nullptr;
    const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                 static_cast<utf8proc_ssize_t>(text.size()), &bytes, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(bytes, &std::free);
    if (length < 0) return std::string(text);
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)};
}

}  // namespace

std::size_t character_bytes(std::string_view text) {
    return first_character(text).bytes;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t bytes = character_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::string utf8_text(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t length = character_bytes(bytes);
        if (length == 0) {
            text += fmt::format("\\x{:02X}", static_cast<unsigned char>(bytes[0]));
            bytes.remove_prefix(1);
        } else {
            text += bytes.substr(0, length);
            bytes.remove_prefix(length);
        }
    }
    return text;
}

std::string utf8_name(const std::filesystem::path& file) {
    return utf8_text(file.native());
}

std::string normal_form(std::string_view text) {
    const bool is_ascii =
        std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (is_ascii) return std::string(text);
    return mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

std::string folded_name(std::string_view text) {
    std::string folded =
        mapped(text, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
    std::ranges::replace(folded, '\t', ' ');
    const auto is_second_blank = [](char a, char b) { return a == ' ' && b == ' '; };
    folded.erase(std::unique(folded.begin(), folded.end(), is_second_blank), folded.end());
    return without_outer_blanks(folded);
}

std::string without_outer_blanks(std::string_view text) {
    std::size_t first = text.size(), end = text.size();
    for (std::size_t at = 0; at < text.size();) {
        const Character next = first_character(text.substr(at));
        const std::size_t bytes = std::max<std::size_t>(next.bytes, 1);  // a byte that is no character stays
        if (next.bytes == 0 || !is_blank(next.code_point)) {
            first = std::min(first, at);
            end = at + bytes;
        }
        at += bytes;
    }
    return first == text.size() ? std::string() : std::string(text.substr(first, end - first));
}

}  // namespace melvit
