#include "melvit/sweep/trial_file.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/tracking/run_log.h"
#include "melvit/training/experiment.h"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<TrialStatus, const char*>, 3> kStatusNames = {
    {{TrialStatus::finished, "finished"},
     {TrialStatus::stopped, "stopped"},
     {TrialStatus::failed, "failed"}}};

TrialStatus status_of(const std::string& name) {
    for (const auto& [status, known] : kStatusNames) {
        if (name == known) return status;
    }
    throw Error("status", "needs to be finished, stopped or failed", "it is \"" + name + '"');
}

EpochMetrics epoch_of(const Json& line) {
    EpochMetrics epoch;
    epoch.epoch = line.at("epoch").get<int>();
    epoch.train_loss = line.at("train_loss").get<double>();
    epoch.train_accuracy = line.at("train_accuracy").get<double>();
    epoch.validation_loss = line.at("validation_loss").get<double>();
    epoch.validation_accuracy = line.at("validation_accuracy").get<double>();
    epoch.lr = line.at("lr").get<double>();
    epoch.seconds = line.at("seconds").get<double>();
    epoch.batch_losses = line.at("batch_losses").get<std::vector<double>>();
    epoch.batch_accuracies = line.at("batch_accuracies").get<std::vector<double>>();
    for (const Json& member : line.value("members", Json::array())) {
        epoch.members.push_back(
            {member.at("train_loss").get<double>(), member.at("train_accuracy").get<double>(),
             member.at("validation_loss").get<double>(), member.at("validation_accuracy").get<double>()});
    }
    return epoch;
}

TrialRecord trial_of(const Json& json) {
    TrialRecord trial;
    trial.id = json.at("id").get<std::size_t>();
    trial.status = status_of(json.at("status").get<std::string>());
    trial.parameters = json.at("parameters");
    if (trial.status == TrialStatus::failed) {
        trial.error = json.at("error").get<std::string>();
    } else {
        trial.best_epoch = json.at("best_epoch").get<int>();
        trial.score = json.at("score").get<double>();
        trial.validation_loss = json.at("validation").at("loss").get<double>();
        trial.validation_accuracy = json.at("validation").at("accuracy").get<double>();
    }
    trial.started = json.at("started").get<double>();
    trial.seconds = json.at("seconds").get<double>();
    return trial;
}

}  // namespace

const char* status_name(TrialStatus status) {
    return kStatusNames.at(static_cast<std::size_t>(status)).second;
}

Json trial_json(const TrialRecord& trial) {
    Json json = {{"id", trial.id}, {"status", status_name(trial.status)}, {"parameters", trial.parameters}};
    if (trial.status == TrialStatus::failed) {
        json["error"] = trial.error;
    } else {
        json["best_epoch"] = trial.best_epoch;
        json["score"] = trial.score;
        json["validation"] = {{"loss", trial.validation_loss}, {"accuracy", trial.validation_accuracy}};
    }
    json["epochs"] = trial.history.size();
    json["started"] = trial.started;
    json["seconds"] = trial.seconds;
    return json;
}

Json epoch_json(const EpochMetrics& epoch) {
    Json line = epoch_figures_json(epoch);
    line["batch_losses"] = epoch.batch_losses;
    line["batch_accuracies"] = epoch.batch_accuracies;
    return line;
}

TrialRecord read_trial(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / kTrialFile;
    try {
        const Json json = parse_json(read_text_file(file), file.string());
        TrialRecord trial = trial_of(json);
        const auto epochs = json.at("epochs").get<std::size_t>();
        for (const Json& line : read_run_log(folder / kMetricsFile)) trial.history.push_back(epoch_of(line));
        if (trial.history.size() != epochs) {
            throw Error(folder / kMetricsFile, fmt::format("needs {} lines", epochs),
                        fmt::format("it has {}", trial.history.size()));
        }
        return trial;
    } catch (const Json::exception& problem) {
        throw Error(folder, "needs a trial.json and a metrics.jsonl as melvit wrote them", problem.what());
    }
}

}  // namespace melvit
