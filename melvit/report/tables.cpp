#include "melvit/report/tables.h"

#include "melvit/report/figure.h"
#include "melvit/report/model_figures.h"
#include "melvit/search/parameter_text.h"
#include "melvit/training/metrics.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;
using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostColumns = 6;  // of parameters; more go into one column

std::string number_text(double number, int decimals) {
    return std::isfinite(number) ? fmt::format("{:.{}f}", number, decimals) : "-";
}

std::string percent_text(double share) {
    return std::isfinite(share) ? fmt::format("{:.1f} %", 100 * share) : "-";
}

std::string interval_text(std::pair<double, double> interval) {
    return fmt::format("{:.1f} to {:.1f} %", 100 * interval.first, 100 * interval.second);
}

/// The Wilson interval of a share of so many tracks; "-" when these are not known.
std::string interval_of(double share, double tracks) {
    if (!std::isfinite(share) || !(tracks >= 1)) return "-";
    const auto all = static_cast<std::size_t>(tracks);
    const double right = std::clamp(share, 0.0, 1.0) * tracks;
    return interval_text(wilson_interval(static_cast<std::size_t>(std::lround(right)), all));
}

std::string seconds_text(double seconds) {
    if (!std::isfinite(seconds)) return "-";
    if (seconds < 120) return fmt::format("{:.1f} s", seconds);
    if (seconds < 7200) return fmt::format("{:.1f} min", seconds / 60);
    return fmt::format("{:.2f} h", seconds / 3600);
}

/// A text or a number at a path, "" where there is none.
std::string text_in(const Json& json, const std::vector<std::string>& path) {
    const Json found = find_in(json, path);
    return found.is_null() ? "" : value_text(found);
}

std::string parameter_of(const TrialRecord& trial, const std::string& name) {
    const auto found = trial.parameters.find(name);
    return found == trial.parameters.end() ? "-" : value_text(*found);
}

std::string status_text(TrialStatus status) {
    if (status == TrialStatus::failed) return "failed";
    return status == TrialStatus::stopped ? "stopped early" : "finished";
}

void add_fact(Facts& facts, const std::string& name, const std::string& value) {
    if (!value.empty() && value != "-") facts.emplace_back(name, value);
}

std::string trials_text(const Overview& overview) {
    const std::size_t ended = overview.record->trials.size();
    const double planned = number_in(overview.record->sweep, {"trials"});
    std::string text = fmt::format("{} ended", ended);
    if (std::isfinite(planned)) text += fmt::format(" of {:.0f}", planned);
    text += fmt::format(", {} with a result", overview.ranked.size());
    if (!overview.stopped.empty()) text += fmt::format(", {} stopped early", overview.stopped.size());
    if (!overview.failed.empty()) text += fmt::format(", {} failed", overview.failed.size());
    return text;
}

std::string subsets_text(const Json& sweep) {
    const auto subset = [&](const char* name) { return number_text(number_in(sweep, {"counts", name}), 0); };
    return fmt::format("{} for training, {} for validation, {} for the test", subset("train"),
                       subset("validation"), subset("test"));
}

/// The lowest validation loss of any epoch of any trial.
std::string lowest_loss_text(const Overview& overview) {
    const TrialRecord* lowest = nullptr;
    const EpochMetrics* at = nullptr;
    for (const TrialRecord* trial : overview.ranked) {
        for (const EpochMetrics& epoch : trial->history) {
            if (!std::isfinite(epoch.validation_loss)) continue;
            if (at && epoch.validation_loss >= at->validation_loss) continue;
            lowest = trial;
            at = &epoch;
        }
    }
    if (!at) return "-";
    return fmt::format("{:.3f} (trial {}, epoch {})", at->validation_loss, lowest->id, at->epoch);
}

/// "37.4 % (62 of 99 right)".
std::string error_text(double accuracy, double tracks) {
    if (!std::isfinite(accuracy)) return "-";
    std::string text = fmt::format("{:.2f} %", 100 * (1 - accuracy));
    if (tracks >= 1) text += fmt::format(" ({:.0f} of {:.0f} right)", accuracy * tracks, tracks);
    return text;
}

}  // namespace

Facts sweep_facts(const Overview& overview) {
    const Json& sweep = overview.record->sweep;
    Facts facts;
    const auto add = [&](const std::string& name, const std::vector<std::string>& path) {
        add_fact(facts, name, text_in(sweep, path));
    };
    add("name", {"name"});
    add("description", {"description"});
    add_fact(facts, "trials", trials_text(overview));
    add("method", {"method"});
    add_fact(facts, "metric", text_in(sweep, {"metric", "name"}) + ", " + text_in(sweep, {"metric", "goal"}));
    add("epochs", {"epochs"});
    add("data", {"data"});
    add("SHA-256 of the data", {"data_sha256"});
    add_fact(facts, "tracks", subsets_text(sweep));
    add("split", {"split"});
    add("body", {"body", "spec"});
    add("SHA-256 of the body", {"body", "sha256"});
    add("seed", {"seed"});
    add("melvit", {"facts", "melvit"});
    add("git commit", {"facts", "commit"});
    add("started", {"facts", "time"});
    add("processor", {"facts", "processor"});
    add("threads", {"facts", "threads"});
    add("system", {"facts", "system"});
    add("command", {"facts", "command"});
    add_fact(facts, "time for all trials", seconds_text(number_in(overview.record->result, {"seconds"})));
    add_fact(facts, "time for the features",
             seconds_text(number_in(overview.record->result, {"extract_seconds"})));
    for (const Json& note : find_in(sweep, {"notes"})) add_fact(facts, "note", value_text(note));
    return facts;
}

HtmlTable best_trials(const Overview& overview) {
    const double tracks = number_in(overview.record->sweep, {"counts", "validation"});
    const bool one_column = overview.axes.size() > kMostColumns || overview.axes.empty();
    HtmlTable table;
    table.columns = {"trial"};
    if (one_column) table.columns.push_back("parameters");
    if (!one_column) {
        for (const Axis& axis : overview.axes) table.columns.push_back(axis.name);
    }
    for (const char* column :
         {"epoch kept", "epochs", "validation loss", "validation accuracy", "95 % interval", "seconds"}) {
        table.columns.emplace_back(column);
    }
    for (std::size_t i = 0; i < std::min(kBestTrials, overview.ranked.size()); ++i) {
        const TrialRecord& trial = *overview.ranked[i];
        std::vector<std::string> row = {fmt::format("{}", trial.id)};
        if (one_column) row.push_back(parameters_text(trial.parameters));
        if (!one_column) {
            for (const Axis& axis : overview.axes) row.push_back(parameter_of(trial, axis.name));
        }
        row.push_back(fmt::format("{}", trial.best_epoch));
        row.push_back(fmt::format("{}", trial.history.size()));
        row.push_back(number_text(trial.validation_loss, 4));
        row.push_back(percent_text(trial.validation_accuracy));
        row.push_back(interval_of(trial.validation_accuracy, tracks));
        row.push_back(number_text(trial.seconds, 1));
        table.rows.push_back(std::move(row));
    }
    table.caption = fmt::format(
        "At the epoch that was kept. Intervals after Wilson (1927) for {} validation tracks; the best "
        "of many trials is lucky as well as good, so its own interval is too kind.",
        number_text(tracks, 0));
    return table;
}

Facts test_facts(const SweepRecord& record) {
    const Json best = find_in(record.result, {"best"});
    const Json test = find_in(best, {"test"});
    Facts facts;
    if (!test.is_object()) return facts;
    add_fact(facts, "trial", text_in(best, {"id"}));
    if (best.contains("parameters")) add_fact(facts, "parameters", parameters_text(best["parameters"]));
    add_fact(facts, "epoch kept", text_in(best, {"best_epoch"}));
    add_fact(facts, "test tracks", text_in(record.sweep, {"counts", "test"}));
    const double accuracy = number_in(test, {"accuracy"});
    add_fact(facts, "test accuracy", percent_text(accuracy));
    const Json interval = find_in(test, {"interval95"});
    if (interval.is_array() && interval.size() == 2) {
        add_fact(facts, "95 % interval",
                 interval_text({number_in(interval[0], {}), number_in(interval[1], {})}));
    }
    add_fact(facts, "test error", percent_text(1 - accuracy));
    add_fact(facts, "test loss", number_text(number_in(test, {"loss"}), 4));
    add_fact(facts, "macro F1", number_text(number_in(test, {"macro_f1"}), 3));
    add_fact(facts, "calibration error", number_text(number_in(test, {"calibration_error"}), 3));
    add_fact(facts, "validation loss", number_text(number_in(best, {"validation", "loss"}), 4));
    add_fact(facts, "validation accuracy", percent_text(number_in(best, {"validation", "accuracy"})));
    return facts;
}

HtmlTable genre_table(const SweepRecord& record) {
    HtmlTable table;
    table.columns = {"genre", "precision", "recall", "F1", "test tracks"};
    const Json genres = find_in(record.result, {"best", "test", "genres"});
    if (!genres.is_object()) return table;
    for (const auto& item : genres.items()) {
        const auto number = [&](const char* name) { return number_text(number_in(item.value(), {name}), 2); };
        table.rows.push_back({item.key(), number("precision"), number("recall"), number("f1"),
                              number_text(number_in(item.value(), {"tracks"}), 0)});
    }
    return table;
}

HtmlTable study_table(const Overview& overview) {
    const SweepRecord& record = *overview.record;
    const double accuracy = number_in(record.result, {"best", "test", "accuracy"});
    const double tracks = number_in(record.sweep, {"counts", "test"});
    const Json best = find_in(record.result, {"best", "parameters"});
    HtmlTable table;
    table.columns = {"", "the study, sweep 1", "the study, sweep 2", "this sweep"};
    table.rows = {
        {"data", "GTZAN pictures (Kaggle)", "GTZAN pictures (Kaggle)", text_in(record.sweep, {"data"})},
        {"body", "ViT-B/16, ImageNet-1k", "ViT-B/16, ImageNet-1k", text_in(record.sweep, {"body", "spec"})},
        {"trials", "506 x 25 epochs", "231 x 15 epochs",
         fmt::format("{} x {} epochs", record.trials.size(), overview.epochs)},
        {"chosen by", "highest validation accuracy", "lowest validation loss",
         record.maximises() ? "highest " + text_in(record.sweep, {"metric", "name"})
                            : "lowest " + text_in(record.sweep, {"metric", "name"})},
        {"best trial", "LR 0.0026, WD 0.005", "LR 0.0016, WD 0.012",
         best.is_object() ? parameters_text(best) : "-"},
        {"test error", error_text(62.0 / 99, 99), error_text(65.0 / 99, 99), error_text(accuracy, tracks)},
        {"95 % interval of the test accuracy", interval_of(62.0 / 99, 99), interval_of(65.0 / 99, 99),
         interval_of(accuracy, tracks)},
        {"test loss", "1.869", "1.138", number_text(number_in(record.result, {"best", "test", "loss"}), 3)},
        {"lowest validation loss", "-", "1.216 (epoch 8)", lowest_loss_text(overview)},
        {"time", "about 8.5 h, RTX 3080 Ti", "2.16 h, RTX 3080 Ti",
         seconds_text(number_in(record.result, {"seconds"}))}};
    table.caption =
        "The study: N. Rommel, Song Genre Classification using ViT-B16, 2023. Its numbers are of one random "
        "split; "
        "numbers of other data, bodies or splits are no contest.";
    table.first_is_name = false;
    return table;
}

HtmlTable unfinished_trials(const Overview& overview) {
    constexpr std::size_t kMostRows = 200;
    HtmlTable table;
    table.columns = {"trial", "status", "epochs", "parameters", "reason"};
    table.first_is_name = false;
    std::vector<const TrialRecord*> trials = overview.failed;
    trials.insert(trials.end(), overview.stopped.begin(), overview.stopped.end());
    for (const TrialRecord* trial : trials) {
        if (table.rows.size() == kMostRows) {
            table.caption =
                fmt::format("The first {} of {}; all are in trials.csv.", kMostRows, trials.size());
            break;
        }
        std::string reason = trial->error;
        if (reason.empty() && trial->status == TrialStatus::stopped) reason = "worse than earlier trials";
        if (reason.empty()) reason = "its metric is not a finite number";
        table.rows.push_back({fmt::format("{}", trial->id), status_text(trial->status),
                              fmt::format("{}", trial->history.size()), parameters_text(trial->parameters),
                              reason});
    }
    return table;
}

std::string summary_of(const Overview& overview) {
    const SweepRecord& record = *overview.record;
    if (overview.ranked.empty()) {
        return fmt::format("{} trials ended, none of them with a result.", record.trials.size());
    }
    const TrialRecord& first = *overview.ranked.front();
    const std::string parameters = parameters_text(first.parameters);
    std::string text = fmt::format(
        "{} trial{}. The best {} trial {}{}: validation loss {}, validation accuracy {} after epoch {}.",
        record.trials.size(), record.trials.size() == 1 ? "" : "s",
        record.result.is_object() ? "is" : "so far is", first.id,
        parameters.empty() ? "" : " (" + parameters + ")", number_text(first.validation_loss, 3),
        percent_text(first.validation_accuracy), first.best_epoch);
    const double accuracy = number_in(record.result, {"best", "test", "accuracy"});
    if (std::isfinite(accuracy)) {
        text += fmt::format(" The chosen model is right on {} of the test tracks (95 % interval {}).",
                            percent_text(accuracy),
                            interval_of(accuracy, number_in(record.sweep, {"counts", "test"})));
    }
    return text;
}

std::vector<std::string> warnings_of(const Overview& overview) {
    const SweepRecord& record = *overview.record;
    std::vector<std::string> warnings;
    if (!record.result.is_object()) {
        const double planned = number_in(record.sweep, {"trials"});
        warnings.push_back(
            fmt::format("This sweep is not finished: {} of {} trials have ended. The best model has not been "
                        "tested yet; \"melvit sweep --resume\" goes on.",
                        record.trials.size(), number_text(planned, 0)));
    } else if (!find_in(record.result, {"best", "test"}).is_object()) {
        warnings.push_back(
            "The sweep's result names no tested model, so the figures of the chosen model are missing.");
    }
    if (!overview.failed.empty()) {
        warnings.push_back(
            fmt::format("{} of {} trials failed; they are listed at the end and left out of all figures.",
                        overview.failed.size(), record.trials.size()));
    }
    return warnings;
}

}  // namespace melvit
