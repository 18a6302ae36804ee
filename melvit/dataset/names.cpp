#include "melvit/dataset/names.h"

#include "melvit/core/unicode.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <fmt/format.h>

namespace melvit {
namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// Takes the number that the text starts with off it, without leading zeros.
std::string_view take_number(std::string_view& text) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

}  // namespace

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

bool natural_less(std::string_view left, std::string_view right) {
    const std::string_view whole_left = left, whole_right = right;
    while (!left.empty() && !right.empty()) {
        if (is_digit(left[0]) && is_digit(right[0])) {
            const std::string_view a = take_number(left), b = take_number(right);
            if (a.size() != b.size()) return a.size() < b.size();
            if (a != b) return a < b;
        } else {
            if (left[0] != right[0]) return left[0] < right[0];
            left.remove_prefix(1);
            right.remove_prefix(1);
        }
    }
    if (left.empty() != right.empty()) return left.empty();
    return whole_left < whole_right;  // they differ in leading zeros at most
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view kWhite = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kWhite);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(kWhite) - first + 1));
}

std::optional<std::string> side_name(std::string_view name) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower == "train" || lower == "training") return "train";
    if (lower == "validation" || lower == "valid" || lower == "val" || lower == "dev") return "validation";
    if (lower == "test") return "test";
    return std::nullopt;
}

}  // namespace melvit
