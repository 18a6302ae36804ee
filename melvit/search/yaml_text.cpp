#include "melvit/search/yaml_text.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <fmt/format.h>

namespace melvit {
namespace {

// yaml-cpp keeps every token of a line, and of a list in brackets, until it knows whether it is a key: both
// have to end, or 10 MB of brackets become 1 GB of tokens.
constexpr std::size_t kMostLineBytes = 65'536;
constexpr std::size_t kMostSigns = 500'000;

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

/// Words, brackets, commas and quotes: no line has more tokens.
std::size_t signs_in(std::string_view line) {
    std::size_t signs = 0;
    char before = ' ';
    for (const char byte : line) {
        const bool begins_word = byte != ' ' && (before == ' ' || before == '\t');
        const bool is_sign = std::string_view("[]{},\"'").find(byte) != std::string_view::npos;
        if (begins_word || is_sign) ++signs;
        before = byte;
    }
    return signs;
}

bool is_comment(std::string_view line) {
    const std::size_t start = line.find_first_not_of(" \t\r");
    return start == std::string_view::npos || line[start] == '#';
}

/// Bytes of the UTF-8 character at the start of `text`; 0 when there is none.
/// source  The Unicode Standard, table 3-7
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    const std::string_view rest = text.substr(1, length - 1);
    if (!std::all_of(rest.begin(), rest.end(), is_continuation)) return 0;
    const unsigned second = byte(1);
    if (first == 0xE0 && second < 0xA0) return 0;  // a longer form of a shorter character
    if (first == 0xED && second > 0x9F) return 0;  // half of a pair of UTF-16
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;  // beyond Unicode
    return length;
}

void check_characters(std::string_view line, const std::string& place) {
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t length = utf8_length(line.substr(i));
        const auto byte = static_cast<unsigned char>(line[i]);
        if (length == 0)
            throw Error(place, "needs to be text in UTF-8", fmt::format("it has the byte 0x{:02x}", byte));
        if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7F) {
            throw Error(place, "needs to be text", fmt::format("it has the control byte 0x{:02x}", byte));
        }
        i += length;
    }
}

void check_indentation(std::string_view line, const std::string& place) {
    const std::size_t start = line.find_first_not_of(" \t\r");
    if (is_comment(line) || line.substr(0, start).find('\t') == std::string_view::npos) return;
    throw Error(place, "needs spaces as indentation", "it has a tab");
}

}  // namespace

std::string place_in(const std::string& thing, int line) {
    return fmt::format("{}:{}", thing, line);
}

void check_yaml_text(std::string_view yaml, const std::string& thing) {
    if (yaml.size() > kMostYamlBytes) {
        throw Error(thing, "needs to be a YAML file of at most 10 MB",
                    fmt::format("it has {:.1f} MB", static_cast<double>(yaml.size()) / 1e6));
    }
    int number = 0;
    std::size_t signs = 0;
    while (!yaml.empty()) {
        ++number;
        const std::string_view line = yaml.substr(0, yaml.find('\n'));
        yaml.remove_prefix(std::min(yaml.size(), line.size() + 1));
        if (line.size() > kMostLineBytes) {
            throw Error(place_in(thing, number), "needs lines of at most 64 kB",
                        fmt::format("this one has {} kB", line.size() / 1024));
        }
        signs += is_comment(line) ? 0 : signs_in(line);
        if (signs > kMostSigns) {
            throw Error(place_in(thing, number),
                        fmt::format("needs at most {} words and brackets", kMostSigns), "here it has more");
        }
        check_characters(line, place_in(thing, number));
        check_indentation(line, place_in(thing, number));
    }
}

}  // namespace melvit
