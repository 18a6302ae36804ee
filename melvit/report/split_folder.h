#pragma once

#include "melvit/report/figure.h"
#include "melvit/report/split_report.h"
#include "melvit/tracking/run_log.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace melvit {

/// The folder of one `melvit splits`: config.json, runs.jsonl (a line a training, as they end), splits_runs.csv, splits.csv,
/// splits_tests.csv, the figures, splits.md and splits.json. Files but the log appear whole or not at all; splits.json last,
/// so a folder with one is complete.
class SplitFolder {
public:
    /// throws  Error when the folder cannot be made, or holds files that are not of an earlier study
    explicit SplitFolder(std::filesystem::path folder);

    /// Takes an earlier study's files away, writes config.json and starts the log.
    void start(const nlohmann::ordered_json& config);

    /// One line of runs.jsonl.
    void log_run(const StudyRun& run);

    /// Writes tables, figures and page, then the result. Without gnuplot, say, a note stands in place of the figures.
    ///
    /// returns  what splits.json holds: split_study_json, "figures", "skipped", "seconds"
    nlohmann::ordered_json finish(SplitStudy study, const nlohmann::ordered_json& skipped);

private:
    std::filesystem::path folder_;
    std::optional<RunLog> log_;
    std::chrono::steady_clock::time_point start_;
};

/// Tables, figures and notes as a page in Markdown that lies beside the figures.
std::string split_page(const SplitStudy& study, const std::vector<Figure>& figures);

}  // namespace melvit
