#include "melvit/report/figure.h"

#include "melvit/report/template.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

/// viridis at 0, 0.1 ... 0.9 of its range.
constexpr std::array<unsigned, 10> kViridis = {0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E,
                                               0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26};

/// Control bytes as spaces.
std::string one_line(std::string_view text) {
    std::string line(text);
    for (char& letter : line) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7F) letter = ' ';
    }
    return line;
}

/// Every `letter` of the text twice.
std::string doubled(std::string_view text, char letter) {
    std::string result;
    for (const char c : text) {
        if (c == letter) result += c;
        result += c;
    }
    return result;
}

std::string indented(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (!result.empty()) result += '\n';
        if (end > 0) result += "  ";
        result += text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

/// The palette as gnuplot takes it: 0 '#440154', 1 ...
std::string palette_stops() {
    std::string stops;
    for (std::size_t i = 0; i < kViridis.size(); ++i) {
        stops += fmt::format("{}{} '#{:06x}'", i == 0 ? "" : ", ", i, kViridis[i]);
    }
    return stops;
}

}  // namespace

std::string script_of(const Figure& figure) {
    return filled("figure.gnuplot", {{"title", one_line(figure.title)},
                                     {"name", figure.name},
                                     {"palette", palette_stops()},
                                     {"text", kFigureText},
                                     {"width", figure.width},
                                     {"height", figure.height},
                                     {"png_width", figure.width * 3 / 2},
                                     {"png_height", figure.height * 3 / 2},
                                     {"body", indented(figure.script)}}) +
           '\n';
}

std::string gnuplot_text(std::string_view text) {
    return fmt::format("'{}'", doubled(one_line(text), '\''));
}

std::string gnuplot_tic(std::string_view text) {
    return gnuplot_text(doubled(text, '%'));
}

std::string csv_cell(std::string_view text) {
    std::string line = one_line(text);
    if (line.find_first_of(",\"'") == std::string::npos && line == text) return line;
    return fmt::format("\"{}\"", doubled(line, '"'));
}

std::string csv_cell(double number) {
    return std::isfinite(number) ? fmt::format("{}", number) : "";
}

std::string short_number(double number, int digits) {
    return fmt::format("{:.{}g}", number, digits);
}

std::string palette_colour(double share) {
    const double place = std::clamp(share, 0.0, 1.0) * static_cast<double>(kViridis.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), kViridis.size() - 2);
    const double part = place - static_cast<double>(below);
    unsigned colour = 0;
    for (const unsigned shift : {16U, 8U, 0U}) {
        const double low = (kViridis[below] >> shift) & 0xFFU;
        const double high = (kViridis[below + 1] >> shift) & 0xFFU;
        colour |= static_cast<unsigned>(std::lround(low + part * (high - low))) << shift;
    }
    return fmt::format("#{:06x}", colour);
}

}  // namespace melvit
