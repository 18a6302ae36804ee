#include "melvit/sweep/export_sweep.h"

#include "melvit/core/error.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"
#include "melvit/sweep/trial_file.h"
#include "melvit/tracking/python_json.h"
#include "melvit/tracking/study_log.h"

#include <charconv>
#include <cstdint>
#include <fmt/format.h>
#include <string>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// Eight characters of a-z and 0-9 that say which trial of which sweep it is.
///
/// sweep  the text of sweep.json, which is written once and holds the time it was: two sweeps of one file
///        differ
std::string run_id(const std::string& sweep, std::size_t trial) {
    constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
    const std::string hash = sha256_of_text(fmt::format("{}\n{}", sweep, trial));
    std::uint64_t number = 0;
    std::from_chars(hash.data(), hash.data() + 16, number, 16);
    std::string id;
    for (int i = 0; i < 8; ++i) {
        id.push_back(kDigits[number % kDigits.size()]);
        number /= kDigits.size();
    }
    return id;
}

/// "lr0.001-weight_decay0.01": the parameters that differ between trials.
std::string run_name(const Json& sweep, const TrialRecord& trial) {
    constexpr std::size_t kLongest = 120;  // longer names are cut by the pages that show them
    std::vector<std::string> parts;
    for (const auto& item : trial.parameters.items()) {
        if (!is_constant(sweep, item.key())) parts.push_back(item.key() + python_text(item.value()));
    }
    if (parts.empty()) return fmt::format("trial{}", trial.id);
    return joined(parts, "-").substr(0, kLongest);
}

Json run_config(const Json& sweep, const TrialRecord& trial) {
    Json config = trial.parameters;
    Json shared = {{"trial", trial.id},
                   {"data", {{"path", sweep.value("data", "")}, {"sha256", sweep.value("data_sha256", "")}}}};
    for (const char* key :
         {"method", "epochs", "seed", "split", "counts", "genres", "body", "recipe", "facts"}) {
        if (sweep.contains(key)) shared[key] = sweep.at(key);
    }
    // A parameter may have one of these names; its own value is the one that holds.
    for (const auto& item : shared.items()) {
        if (!config.contains(item.key())) config[item.key()] = item.value();
    }
    return config;
}

std::vector<TrackedMetric> study_metrics() {
    using Goal = TrackedMetric::Goal;
    return {{"epoch", "", Goal::none},
            {"Validation_Accuracy", "epoch", Goal::maximise},
            {"Validation_Loss", "epoch", Goal::minimise},
            {"Training_Accuracy", "epoch", Goal::maximise},
            {"Training_Loss", "epoch", Goal::minimise},
            {"lr", "epoch", Goal::none}};
}

Json study_values(const EpochMetrics& epoch) {
    return {{"Validation_Accuracy", percent(epoch.validation_accuracy)},
            {"Validation_Loss", epoch.validation_loss},
            {"Training_Accuracy", percent(epoch.train_accuracy)},
            {"Training_Loss", epoch.train_loss}};
}

std::vector<TrackedRun::Row> run_history(const TrialRecord& trial) {
    std::vector<TrackedRun::Row> rows;
    double seconds = 0;
    for (const EpochMetrics& epoch : trial.history) {
        seconds += epoch.seconds;
        Json values = {{"epoch", epoch.epoch}};
        values.update(study_values(epoch));
        values["lr"] = epoch.lr;
        rows.push_back({epoch.epoch, seconds, std::move(values)});
    }
    return rows;
}

/// Whether the sweep has ended and chose this trial.
bool is_chosen(const Json& result, const TrialRecord& trial) {
    return result.is_object() && result.contains("best") && result.at("best").is_object() &&
           result.at("best").at("id") == trial.id;
}

Json run_summary(const Json& result, const TrialRecord& trial) {
    Json summary = Json::object();
    for (const EpochMetrics& epoch : trial.history) {
        if (epoch.epoch == trial.best_epoch) summary = study_values(epoch);
    }
    if (trial.status != TrialStatus::failed) summary["best_epoch"] = trial.best_epoch;
    summary["status"] = status_name(trial.status);
    if (trial.status == TrialStatus::failed) summary["error"] = trial.error;
    if (!is_chosen(result, trial)) return summary;
    const Json& test = result.at("best").at("test");
    if (!test.is_object()) return summary;
    summary["Test_Accuracy"] = percent(test.at("accuracy").get<double>());
    summary["Test_Loss"] = test.at("loss");
    summary["Test_Macro_F1"] = test.at("macro_f1");
    return summary;
}

TrackedRun tracked_run(const SweepRecord& record, const std::string& sweep_text, const TrialRecord& trial) {
    const Json& sweep = record.sweep;
    TrackedRun run;
    run.id = run_id(sweep_text, trial.id);
    run.name = run_name(sweep, trial);
    run.group = sweep.value("name", "");
    if (run.group.empty()) run.group = "sweep-" + run_id(sweep_text, 0);
    run.job_type = "train";
    run.project = sweep.value("project", "");
    run.entity = sweep.value("entity", "");
    run.notes = sweep.value("description", "");
    if (sweep.contains("facts")) run.host = sweep.at("facts").value("host", "");
    run.config = run_config(sweep, trial);
    run.start_time = trial.started;
    run.runtime_seconds = trial.seconds;
    run.failed = trial.status == TrialStatus::failed;
    run.metrics = study_metrics();
    run.history = run_history(trial);
    run.summary = run_summary(record.result, trial);
    if (is_chosen(record.result, trial)) run.tags = {"chosen"};
    if (run.failed) run.output = {trial.error};
    return run;
}

}  // namespace

std::vector<TrackedRun> tracked_runs(const SweepRecord& record) {
    try {
        const std::string sweep_text = record.sweep.dump(-1, ' ', false, Json::error_handler_t::replace);
        std::vector<TrackedRun> runs;
        for (const TrialRecord& trial : record.trials) runs.push_back(tracked_run(record, sweep_text, trial));
        return runs;
    } catch (const Json::exception& problem) {
        throw Error("sweep.json and result.json", "need to be as melvit sweep wrote them", problem.what());
    }
}

}  // namespace melvit
