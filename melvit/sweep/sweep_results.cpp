#include "melvit/sweep/sweep_results.h"

#include "melvit/core/csv.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"
#include "melvit/sweep/trial_file.h"
#include "melvit/tracking/active_time.h"
#include "melvit/tracking/study_log.h"
#include "melvit/training/experiment.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> parameter_names(const SweepRecord& record) {
    std::vector<std::string> names;
    for (const auto& item : record.sweep.at("parameters").items()) names.push_back(item.key());
    return names;
}

std::string cell_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The test figures of one trial; null for all but the chosen one.
Json test_of(const SweepRecord& record, const TrialRecord& trial) {
    const auto best = record.result.is_object() ? record.result.find("best") : record.result.end();
    if (!record.result.is_object() || best == record.result.end() || best->is_null()) return {};
    return best->at("id") == trial.id ? best->at("test") : Json();
}

std::vector<std::string> row_of(const SweepRecord& record, const std::vector<std::string>& names,
                                const TrialRecord& trial) {
    std::vector<std::string> row = {fmt::format("{}", trial.id), status_name(trial.status)};
    for (const std::string& name : names) row.push_back(cell_of(trial.parameters.value(name, Json(""))));
    const bool failed = trial.status == TrialStatus::failed;
    const auto number = [&](double value) { return failed ? std::string() : fmt::format("{}", value); };
    row.push_back(failed ? "" : fmt::format("{}", trial.best_epoch));
    row.push_back(fmt::format("{}", trial.history.size()));
    row.push_back(number(trial.validation_loss));
    row.push_back(number(trial.validation_accuracy));
    const Json test = test_of(record, trial);
    row.push_back(test.is_null() ? "" : test.at("loss").dump());
    row.push_back(test.is_null() ? "" : test.at("accuracy").dump());
    row.push_back(fmt::format("{:.3f}", trial.seconds));
    row.push_back(trial.error);
    return row;
}

/// The parameters that differ between trials: the study's lines name no others.
Json varied_parameters(const SweepRecord& record, const TrialRecord& trial) {
    Json varied = Json::object();
    for (const auto& item : trial.parameters.items()) {
        if (!is_constant(record.sweep, item.key())) varied[item.key()] = item.value();
    }
    return varied;
}

/// What the sweep took without its interruptions.
double sweep_seconds(const SweepRecord& record) {
    std::vector<ActiveSpan> spans;
    for (const TrialRecord& trial : record.trials) spans.push_back({trial.started, trial.seconds});
    return active_seconds(std::move(spans));
}

std::string train_line(const SweepRecord& record, const TrialRecord& trial) {
    StudyLogLine line;
    line.parameters = varied_parameters(record, trial);
    for (const EpochMetrics& epoch : trial.history) {
        line.batch_losses.insert(line.batch_losses.end(), epoch.batch_losses.begin(),
                                 epoch.batch_losses.end());
        line.validation_losses.push_back(epoch.validation_loss);
        line.batch_accuracies.insert(line.batch_accuracies.end(), epoch.batch_accuracies.begin(),
                                     epoch.batch_accuracies.end());
        line.validation_accuracies.push_back(epoch.validation_accuracy);
    }
    line.seconds = trial.seconds;
    return study_line(line);
}

}  // namespace

std::vector<const TrialRecord*> ranked(const SweepRecord& record) {
    std::vector<const TrialRecord*> trials;
    for (const TrialRecord& trial : record.trials) {
        if (trial.status != TrialStatus::failed) trials.push_back(&trial);
    }
    const bool maximise = record.maximises();
    std::ranges::stable_sort(trials, [maximise](const TrialRecord* a, const TrialRecord* b) {
        return maximise ? a->score > b->score : a->score < b->score;
    });
    return trials;
}

Json test_json(const Matrix& probabilities, std::span<const std::size_t> labels,
               const std::vector<std::string>& genres) {
    const Metrics metrics = metrics_of(probabilities, labels);
    Json json = metrics_json(metrics, genres);
    json["calibration_error"] = metrics.calibration_error;
    json["reliability"] = Json::array();
    for (const ReliabilityBin& bin : reliability_of(probabilities, labels)) {
        json["reliability"].push_back(
            {{"confidence", bin.confidence}, {"accuracy", bin.accuracy}, {"tracks", bin.tracks}});
    }
    return json;
}

Json sweep_result_json(const SweepRecord& record, const Json& test) {
    const auto count = [&](TrialStatus status) {
        return std::ranges::count(record.trials, status, &TrialRecord::status);
    };
    Json json = {{"trials", record.trials.size()},
                 {"finished", count(TrialStatus::finished)},
                 {"stopped", count(TrialStatus::stopped)},
                 {"failed", count(TrialStatus::failed)},
                 {"best", nullptr},
                 {"seconds", sweep_seconds(record)}};
    const std::vector<const TrialRecord*> trials = ranked(record);
    if (trials.empty()) return json;
    const TrialRecord& best = *trials.front();
    json["best"] = {{"id", best.id},
                    {"parameters", best.parameters},
                    {"best_epoch", best.best_epoch},
                    {"validation", {{"loss", best.validation_loss}, {"accuracy", best.validation_accuracy}}},
                    {"test", test}};
    return json;
}

std::string trials_csv(const SweepRecord& record) {
    const std::vector<std::string> names = parameter_names(record);
    std::vector<std::string> header = {"trial", "status"};
    header.insert(header.end(), names.begin(), names.end());
    for (const char* column : {"best_epoch", "epochs_trained", "validation_loss", "validation_accuracy",
                               "test_loss", "test_accuracy", "seconds", "error"}) {
        header.emplace_back(column);
    }
    std::string text = csv_line(header) + "\n";
    for (const TrialRecord& trial : record.trials) text += csv_line(row_of(record, names, trial)) + "\n";
    return text;
}

void write_sweep_tables(const std::filesystem::path& folder, const SweepRecord& record) {
    write_file(folder / "trials.csv", trials_csv(record));
    std::string train;
    std::string test;
    for (const TrialRecord& trial : record.trials) {
        if (trial.status == TrialStatus::failed) continue;  // its lists end anywhere; trials.csv names it
        train += train_line(record, trial) + "\n";
        const Json figures = test_of(record, trial);
        if (figures.is_null()) continue;
        test += study_line(StudyTestLine{varied_parameters(record, trial), figures.at("loss").get<double>(),
                                         figures.at("accuracy").get<double>(), trial.seconds}) +
                "\n";
    }
    write_file(folder / "Train_Validation.txt", train);
    write_file(folder / "Test.txt", test);
}

}  // namespace melvit
