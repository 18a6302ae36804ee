#include "melvit/tracking/run_log.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include <fmt/format.h>
#include <utility>

namespace melvit {

RunLog::RunLog(std::filesystem::path file) : file_(std::move(file)) {
    write_file(file_, "");
}

void RunLog::add(const nlohmann::ordered_json& line) {
    append_line(file_, line.dump());
}

std::vector<nlohmann::ordered_json> read_run_log(const std::filesystem::path& file) {
    const std::string text = read_text_file(file);
    std::vector<nlohmann::ordered_json> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find('\n', start);
        if (end == std::string::npos) break;  // torn: its newline was never written
        auto line = nlohmann::ordered_json::parse(text.substr(start, end - start), nullptr, false);
        if (line.is_discarded()) {
            throw Error(file, fmt::format("needs JSON in line {}", lines.size() + 1),
                        fmt::format("it holds \"{}\"", text.substr(start, end - start)));
        }
        lines.push_back(std::move(line));
        start = end + 1;
    }
    return lines;
}

}  // namespace melvit
