#pragma once

#include "melvit/core/matrix.h"
#include "melvit/sweep/sweep_record.h"
#include "melvit/training/metrics.h"

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// The trials from the best score on, of equal ones the lower id first; those without a score are left out.
std::vector<const TrialRecord*> ranked(const SweepRecord& record);

/// The test figures of the chosen trial for result.json: those of metrics_json, the
/// calibration error and the bins of a reliability diagram.
nlohmann::ordered_json test_json(const Matrix& probabilities, std::span<const std::size_t> labels,
                                 const std::vector<std::string>& genres);

/// S/result.json: counts of the trials, the best one with its test figures, active_seconds.
///
/// test  of the best trial, null when there is none
nlohmann::ordered_json sweep_result_json(const SweepRecord& record, const nlohmann::ordered_json& test);

/// S/trials.csv: a row a trial: number, status, parameters, best epoch, validation figures and, for the
/// chosen one, test figures.
std::string trials_csv(const SweepRecord& record);

/// Writes trials.csv, Train_Validation.txt and Test.txt of what has ended so far into the sweep's folder.
void write_sweep_tables(const std::filesystem::path& folder, const SweepRecord& record);

}  // namespace melvit
