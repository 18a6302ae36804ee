#include "melvit/dataset/song_list.h"

#include "melvit/core/media_kind.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

std::vector<std::string> songs_of_lines(const std::vector<std::string_view>& lines) {
    const bool is_m3u = std::ranges::any_of(lines, [](auto line) { return line.starts_with("#EXT"); });
    std::vector<std::string> songs;
    for (const std::string_view line : lines) {
        if (without_outer_blanks(line).empty()) continue;
        const bool is_remark =
            line[0] == '#' && (is_m3u || media_kind(std::string(line)) == MediaKind::other);
        if (!is_remark) songs.emplace_back(line);
    }
    return songs;
}

/// The values of its keys File1, File2 ...
std::vector<std::string> songs_of_pls(const std::vector<std::string_view>& lines) {
    std::vector<std::string> songs;
    for (const std::string_view line : lines) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || !lower_case(line).starts_with("file")) continue;
        songs.push_back(without_outer_blanks(line.substr(equals + 1)));
    }
    return songs;
}

std::string without_entities(std::string text) {
    using Entity = std::pair<std::string_view, char>;
    // &amp; last, so that &amp;lt; becomes &lt;.
    for (const auto& [entity, letter] :
         {Entity{"&lt;", '<'}, Entity{"&gt;", '>'}, Entity{"&quot;", '"'}, Entity{"&apos;", '\''},
          Entity{"&#39;", '\''}, Entity{"&amp;", '&'}}) {
        std::string plain;
        for (std::size_t at = 0; at < text.size();) {
            const bool is_here = std::string_view(text).substr(at).starts_with(entity);
            plain += is_here ? letter : text[at];
            at += is_here ? entity.size() : 1;
        }
        text = std::move(plain);
    }
    return text;
}

/// What stands in its <location> elements. Its paths are addresses.
///
/// source  xspf.org/spec, 4.1.1.2.14.1.1.1
std::vector<std::string> songs_of_xspf(std::string_view text) {
    constexpr std::string_view kStart = "<location>", kEnd = "</location>";
    std::vector<std::string> songs;
    for (std::size_t at = text.find(kStart); at != std::string_view::npos; at = text.find(kStart, at)) {
        at += kStart.size();
        const std::size_t end = std::min(text.find(kEnd, at), text.size());
        songs.push_back(without_entities(without_outer_blanks(text.substr(at, end - at))));
        at = end;
    }
    return songs;
}

}  // namespace

bool is_playlist(const std::filesystem::path& file) {
    const std::string ending = lower_case(file.extension().native());
    constexpr std::array<std::string_view, 4> kEndings = {".m3u", ".m3u8", ".pls", ".xspf"};
    return std::ranges::find(kEndings, ending) != kEndings.end();
}

std::vector<std::string> songs_of_list(std::string_view text) {
    const std::vector<std::string_view> lines = text_lines(text);
    if (lines.empty()) return {};
    const std::string first = lower_case(without_outer_blanks(lines[0]));
    if (first == "[playlist]") return songs_of_pls(lines);
    if (first.starts_with("<?xml") || first.starts_with("<playlist")) return songs_of_xspf(text);
    return songs_of_lines(lines);
}

std::vector<std::string> songs_of_zero_list(std::string_view text) {
    std::vector<std::string> songs;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\0'), text.size());
        if (end > 0) songs.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return songs;
}

std::string problem_of_cue_sheet(std::string_view text) {
    std::string named = "the file that it names";
    for (const std::string_view line : text_lines(text)) {
        const std::string plain = without_outer_blanks(line);
        if (!lower_case(plain).starts_with("file ")) continue;
        const std::size_t first = plain.find('"'), last = plain.rfind('"');
        if (first == last) continue;
        named = utf8_text(utf8_of_spreadsheet(plain.substr(first + 1, last - first - 1)));
        break;
    }
    return fmt::format(
        "needs to be a sound file or a playlist, it is a cue sheet, which only says where tracks begin; "
        "classify {}",
        named);
}

}  // namespace melvit
