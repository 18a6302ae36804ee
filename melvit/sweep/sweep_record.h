#pragma once

#include "melvit/training/trainer.h"

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

enum class TrialStatus {
    finished,  ///< all epochs
    stopped,   ///< ended early by the sweep's rule
    failed,    ///< no result, see error: its loss became infinite, say
};

/// What a sweep's folder holds of one trial.
// NOLINTNEXTLINE(bugprone-exception-escape): nlohmann's JSON moves without throwing
struct TrialRecord {
    std::size_t id = 0;  ///< from 1
    TrialStatus status = TrialStatus::finished;
    nlohmann::ordered_json parameters;  ///< name -> number, text or boolean
    std::vector<EpochMetrics> history;  ///< [epochs], with batch_losses and batch_accuracies
    int best_epoch = 0;                 ///< 0 when it failed
    double score = 0;                   ///< the sweep's metric at the best epoch, as it is called
    double validation_loss = 0, validation_accuracy = 0;  ///< at the best epoch
    double started = 0;                                   ///< seconds since 1970
    double seconds = 0;
    std::string error;
};

/// A sweep's folder as a value. S is the folder.
struct SweepRecord {
    /// S/sweep.json: {"format", "name", "description", "project", "entity", "method", "metric": {"name",
    /// "goal"}, "parameters": {name: {"distribution", ...}}, "run_cap", "trials", "epochs", "seed", "split",
    /// "data", "data_sha256", "body": {"spec", "name", "sha256"}, "recipe", "genres", "counts": {"train",
    /// "validation", "test"}, "facts", "notes"}
    nlohmann::ordered_json sweep;
    /// S/result.json, or null while the sweep is not finished: {"trials", "finished", "stopped", "failed",
    /// "best": {"id", "parameters", "best_epoch", "validation": {"loss", "accuracy"}, "test": {"loss",
    /// "accuracy", "macro_f1", "interval95", "confusion", "genres": {genre: {"precision", "recall", "f1",
    /// "tracks"}}, "calibration_error", "reliability": [{"confidence", "accuracy", "tracks"}]}}, "seconds",
    /// "extract_seconds"}
    nlohmann::ordered_json result;
    std::vector<TrialRecord> trials;  ///< those that ended, in order of id

    bool maximises() const { return sweep.at("metric").at("goal") == "maximize"; }
    bool is_about_accuracy() const;  ///< whether the metric is the validation accuracy, else the loss
};

/// Whether all trials of a sweep have the same value of a parameter.
///
/// sweep  SweepRecord::sweep
bool is_constant(const nlohmann::ordered_json& sweep, const std::string& parameter);

/// Reads a sweep's folder; trials without a result are left out.
///
/// throws  Error when it is no sweep's folder, of a version that this program does not know, or damaged
SweepRecord read_sweep(const std::filesystem::path& folder);

}  // namespace melvit
