#pragma once

#include "melvit/core/context.h"
#include "melvit/core/file_lock.h"
#include "melvit/dataset/extract.h"
#include "melvit/tracking/run_log.h"
#include "melvit/training/experiment.h"
#include "melvit/vit/body.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace melvit {

/// The data and the body of a run, as the user named them.
struct RunInputs {
    std::string data;
    std::string body_spec;
    const Body* body = nullptr;
    bool embed_body = false;
    Precision precision = Precision::fp32;  ///< of the features
};

/// The folder of one `melvit train`: config.json, metrics.jsonl, model.safetensors, result.json. Files but
/// the log appear whole or not at all; the result last, so a folder with a result.json is complete. One
/// process works on it at a time.
class RunFolder {
public:
    /// overwrite  a finished run in the folder may be replaced; one that did not finish always may
    /// throws     Error when the folder cannot be made or written, holds files that are not of an earlier run,
    ///            or a finished run (without overwrite), and while another process works on it
    RunFolder(std::filesystem::path folder, bool overwrite);

    /// Takes an earlier run's files away, writes config.json and starts the log.
    void start(const ExperimentConfig& config, const RunInputs& inputs, const Context& context = {});

    /// One line of metrics.jsonl; `fold` from 0.
    void log_epoch(std::size_t fold, const EpochMetrics& epoch);

    /// Writes the model of the fold with the lowest validation loss, then the result.
    ///
    /// extracted  the features that the folds were trained on
    /// returns    what result.json holds
    nlohmann::ordered_json finish(const ExtractResult& extracted, const ExperimentConfig& config,
                                  const RunInputs& inputs, const std::vector<Fold>& folds,
                                  const Context& context = {});

private:
    std::filesystem::path folder_;
    std::optional<FolderLock> lock_;
    std::optional<RunLog> log_;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace melvit
