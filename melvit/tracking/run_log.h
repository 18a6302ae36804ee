#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

namespace melvit {

/// A log of JSON lines, one object a line: metrics.jsonl of a run. Each line is one write() under O_APPEND,
/// so a crash tears at most the last.
class RunLog {
public:
    /// Starts a log at `file`, empty or with some lines of an older one; that one goes.
    explicit RunLog(std::filesystem::path file, const std::vector<nlohmann::ordered_json>& lines = {});

    void add(const nlohmann::ordered_json& line);

private:
    std::filesystem::path file_;
};

/// The lines of a log; a torn last line is dropped.
/// throws  Error for a line that is no JSON anywhere else
std::vector<nlohmann::ordered_json> read_run_log(const std::filesystem::path& file);

/// The lines that are JSON. Where the machine itself went down others may lie between them.
std::vector<nlohmann::ordered_json> read_sound_lines(const std::filesystem::path& file);

}  // namespace melvit
