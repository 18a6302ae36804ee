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

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != &cells.front()) line += ',';
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            line += cell;
            continue;
        }
        line += '"';
        for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += '"';
    }
    return line;
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
