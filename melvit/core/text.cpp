#include "melvit/core/text.h"

#include <array>
#include <charconv>

namespace melvit {

double decimal_of(float number) {
    // The longest float has 9 digits, a sign, a point and an exponent of two.
    std::array<char, 32> text;
    const auto printed = std::to_chars(text.data(), text.data() + text.size(), number);
    double decimal = number;
    std::from_chars(text.data(), printed.ptr, decimal);
    return decimal;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kWhite = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kWhite);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

std::string visible(std::string_view text) {
    std::string shown;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
        if (byte < 0x20 || byte == 0x7F) {
            shown += fmt::format("\\x{:02x}", byte);
        } else if (byte == 0xC2 && next >= 0x80 &&
                   next < 0xA0) {  // U+0080 ... U+009F, control characters too
            shown += fmt::format("\\x{:02x}", next);
            ++i;
        } else {
            shown += text[i];
        }
    }
    return shown;
}

std::string printable(std::string_view text) {
    constexpr std::size_t kMost = 80;
    const std::string shown = visible(text.substr(0, kMost));
    return text.size() > kMost ? shown + "..." : shown;
}

}  // namespace melvit
