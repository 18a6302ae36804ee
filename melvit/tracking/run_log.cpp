#include "melvit/tracking/run_log.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"

#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

namespace melvit {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostLogBytes = 1U << 30U;

/// The lines of a text that have their newline; what is no JSON is discarded().
std::vector<Json> parsed_lines(std::string_view text) {
    std::vector<Json> lines;
    while (true) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return lines;  // torn: its newline was never written
        lines.push_back(Json::parse(text.substr(0, end), nullptr, false));
        text.remove_prefix(end + 1);
    }
}

/// Line `number` of a text, from 0.
std::string_view line_of(std::string_view text, std::size_t number) {
    for (; number > 0; --number) text.remove_prefix(text.find('\n') + 1);
    return text.substr(0, text.find('\n'));
}

}  // namespace

RunLog::RunLog(std::filesystem::path file, const std::vector<Json>& lines) : file_(std::move(file)) {
    std::string text;
    for (const Json& line : lines) text += line.dump() + '\n';
    write_file(file_, text);
}

void RunLog::add(const Json& line) {
    append_line(file_, line.dump());
}

std::vector<Json> read_run_log(const std::filesystem::path& file) {
    const std::string text = read_text_file(file);
    std::vector<Json> lines = parsed_lines(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!lines[i].is_discarded()) continue;
        throw Error(file, fmt::format("needs JSON in line {}", i + 1),
                    fmt::format("it holds \"{}\"", printable(line_of(text, i))));
    }
    return lines;
}

std::vector<Json> read_sound_lines(const std::filesystem::path& file) {
    std::vector<Json> lines = parsed_lines(read_text_file(file, kMostLogBytes));
    std::erase_if(lines, [](const Json& line) { return line.is_discarded(); });
    return lines;
}

}  // namespace melvit
