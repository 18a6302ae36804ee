#pragma once

#include "melvit/core/context.h"
#include "melvit/core/file_lock.h"
#include "melvit/core/numeric_identity.h"
#include "melvit/report/figure.h"
#include "melvit/report/split_report.h"
#include "melvit/tracking/run_log.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace melvit {

/// The folder of one `melvit splits`: config.json, runs.jsonl (a line a training, as they end),
/// splits_runs.csv, splits.csv, splits_tests.csv, the figures, splits.md and splits.json. Files but the log
/// appear whole or not at all; splits.json last, so a folder with one is complete. One process works on it at
/// a time; the system takes its lock away when it dies.
class SplitFolder {
public:
    /// resume  go on with the study that is there
    /// throws  Error when the folder cannot be made, holds other files, or a study that has begun (without
    ///         resume), and while another process works on it
    SplitFolder(std::filesystem::path folder, bool resume);

    /// Says before features are made what `start` would say after it.
    ///
    /// plan    what config.json is to hold, as far as it is known by then
    /// throws  Error of start
    void check_plan(const nlohmann::ordered_json& plan) const;

    /// With what the features of a recipe were made, in a study that has begun.
    ///
    /// returns  nothing where no study has begun, or one without this recipe
    /// throws   Error for a study of an older version, which does not say it
    std::optional<NumericIdentity> begun_identity(const std::string& recipe) const;

    /// Begins the study, or goes on with it.
    ///
    /// config   what config.json is to hold
    /// returns  the trainings that ended before; those that failed or cannot be read are to run again
    /// throws   Error when another study, or an older version's, is there
    std::vector<StudyRun> start(const nlohmann::ordered_json& config);

    /// One line of runs.jsonl.
    void log_run(const StudyRun& run);

    /// Writes tables, figures and page, then the result. Without gnuplot, say, a note stands in place of the
    /// figures. Where nothing ran since the last time that is what it was.
    ///
    /// more     what splits.json is to hold beside
    /// returns  what splits.json holds: split_study_json, "figures", "seconds" (in which at least one run was
    ///          on its way), `more`
    nlohmann::ordered_json finish(SplitStudy study, const nlohmann::ordered_json& more,
                                  const Context& context = {});

private:
    void forget_result() const;

    std::filesystem::path folder_;
    std::optional<FolderLock> lock_;
    std::optional<RunLog> log_;
};

/// What config.json and runs.jsonl are written as, "format" in config.json.
inline constexpr int kSplitsFormat = 1;

/// Tables, figures and notes as a page in Markdown that lies beside the figures.
std::string split_page(const SplitStudy& study, const std::vector<Figure>& figures);

}  // namespace melvit
