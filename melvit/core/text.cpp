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

std::string printable(std::string_view text) {
    constexpr std::size_t kMost = 80;
    std::string shown;
    for (const char letter : text.substr(0, kMost)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7F) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += letter;
        }
    }
    return text.size() > kMost ? shown + "..." : shown;
}

}  // namespace melvit
