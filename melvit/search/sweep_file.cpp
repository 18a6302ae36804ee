#include "melvit/search/sweep_file.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"
#include "melvit/search/distribution_reader.h"
#include "melvit/search/yaml_document.h"
#include "melvit/search/yaml_value.h"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::int64_t kMostTrials = 1'000'000;
constexpr std::int64_t kMostEpochs = 1'000'000;

constexpr std::array<std::string_view, 9> kKeys = {"method",          "metric",  "parameters",
                                                   "early_terminate", "run_cap", "name",
                                                   "project",         "entity",  "description"};
constexpr std::array<std::string_view, 8> kIgnored = {"program", "command", "controller", "apiVersion",
                                                      "kind",    "job",     "image_uri",  "scheduler"};

void check_keys(const YamlValue& file, std::vector<std::string>& notices) {
    std::vector<std::string_view> all(kKeys.begin(), kKeys.end());
    all.insert(all.end(), kIgnored.begin(), kIgnored.end());
    file.allow_only(all);
    for (const std::string_view name : kIgnored) {
        const std::optional<YamlValue> value = file.find(name);
        if (value)
            notices.push_back(
                fmt::format("{}: {} is ignored: melvit trains its own heads", value->place(), name));
    }
}

SearchMethod read_method(const YamlValue& value) {
    const std::string name = value.text();
    if (name == "grid") return SearchMethod::grid;
    if (name == "random") return SearchMethod::random;
    if (name == "bayes") return SearchMethod::bayes;
    if (name == "custom")
        value.refuse("needs to be grid, random or bayes", "custom needs a controller of your own");
    value.refuse("needs to be grid, random or bayes");
}

/// One of `names`, by its place there.
std::size_t read_choice(const YamlValue& value, Names names) {
    const std::string text = value.text();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return i;
    }
    value.refuse("needs to be " + joined(names, " or "));
}

void read_impute(const YamlValue& metric, std::vector<std::string>& notices) {
    constexpr std::array<std::string_view, 3> kChoices = {"worst", "best", "latest"};
    const std::optional<YamlValue> impute = metric.find("impute");
    if (impute && read_choice(*impute, kChoices) > 0) {
        notices.push_back(fmt::format("{}: metric.impute: melvit counts failed trials as worst, not as {}",
                                      impute->place(), impute->text()));
    }
    const std::optional<YamlValue> running = metric.find("impute_while_running");
    if (running && running->text() != "false") {
        notices.push_back(fmt::format(
            "{}: metric.impute_while_running is ignored: a search sees trials that ended", running->place()));
    }
}

Metric read_metric(const YamlValue& value, std::vector<std::string>& notices) {
    constexpr std::array<std::string_view, 5> kNames = {"name", "goal", "target", "impute",
                                                        "impute_while_running"};
    constexpr std::array<std::string_view, 2> kGoals = {"minimize", "maximize"};
    value.allow_only(kNames);
    Metric metric;
    const YamlValue name = value.at("name");
    if (!name.scalar().is_string() || name.text().empty()) name.refuse("needs to be the name of a metric");
    metric.name = name.text();
    metric.place = name.place();
    const std::optional<YamlValue> goal = value.find("goal");
    if (goal) metric.maximise = read_choice(*goal, kGoals) == 1;
    metric.goal_place = goal ? goal->place() : value.place();
    const std::optional<YamlValue> target = value.find("target");
    if (target) metric.target = target->number();
    read_impute(value, notices);
    return metric;
}

/// Hyperband's bands, either from min_iter on upwards, or from max_iter down s times.
void read_bands(const YamlValue& value, EarlyTermination& early, std::vector<std::string>& notices) {
    const std::optional<YamlValue> min_iter = value.find("min_iter");
    const std::optional<YamlValue> max_iter = value.find("max_iter");
    if (!min_iter && !max_iter) value.refuse("needs min_iter, or max_iter and s", "it has neither");
    if (!max_iter) {
        early.min_iter = static_cast<int>(min_iter->whole(1, kMostEpochs));
        return;
    }
    early.max_iter = static_cast<int>(max_iter->whole(1, kMostEpochs));
    early.s = static_cast<int>(value.at("s").whole(1, 100));
    if (early.max_iter / early.eta < 1)
        max_iter->refuse("needs to be at least eta", fmt::format("eta is {}", early.eta));
    if (min_iter)
        notices.push_back(min_iter->place() +
                          ": early_terminate.min_iter is ignored: max_iter and s are given");
}

EarlyTermination read_early(const YamlValue& value, std::vector<std::string>& notices) {
    constexpr std::array<std::string_view, 6> kHyperband = {"type", "min_iter", "max_iter",
                                                            "s",    "eta",      "strict"};
    constexpr std::array<std::string_view, 2> kMedian = {"type", "min_iter"};
    constexpr std::array<std::string_view, 2> kTypes = {"hyperband", "median"};
    EarlyTermination early;
    early.place = value.place();
    const YamlValue type = value.at("type");
    if (read_choice(type, kTypes) == 1) {
        value.allow_only(kMedian);
        early.kind = EarlyTermination::Kind::median;
        const std::optional<YamlValue> min_iter = value.find("min_iter");
        if (min_iter) early.min_iter = static_cast<int>(min_iter->whole(1, kMostEpochs));
        notices.push_back(type.place() +
                          ": early_terminate.type median is melvit's own: W&B does not know it");
        return early;
    }
    value.allow_only(kHyperband);
    early.kind = EarlyTermination::Kind::hyperband;
    const std::optional<YamlValue> eta = value.find("eta");
    if (eta) early.eta = eta->number();
    if (early.eta < 1.01 || early.eta > 1e6) eta->refuse("needs to be above 1, from 1.01 to 1e6");
    const std::optional<YamlValue> strict = value.find("strict");
    if (strict) early.strict = strict->truth();
    read_bands(value, early, notices);
    return early;
}

void read_metric_and_stopping(const YamlValue& file, SweepFile& sweep) {
    const std::optional<YamlValue> early = file.find("early_terminate");
    if (early) sweep.early = read_early(*early, sweep.notices);
    const std::optional<YamlValue> metric = file.find("metric");
    if (metric) {
        sweep.metric = read_metric(*metric, sweep.notices);
        return;
    }
    if (sweep.method == SearchMethod::bayes)
        file.refuse("needs the key metric for method bayes", "it is missing");
    if (early) early->refuse("needs the key metric beside it", "it is missing");
    sweep.metric.name = "validation_loss";
    sweep.notices.push_back(file.place() + ": metric is missing: the lowest validation_loss is best");
}

void read_run_cap(const YamlValue& file, SweepFile& sweep) {
    const std::optional<YamlValue> cap = file.find("run_cap");
    if (cap) {
        sweep.run_cap = static_cast<std::size_t>(cap->whole(1, kMostTrials));
    } else if (sweep.method != SearchMethod::grid) {
        file.at("method").refuse("needs the key run_cap beside it",
                                 "it is missing, and such a sweep has no end");
    }
}

void read_words(const YamlValue& file, SweepFile& sweep) {
    for (const auto& [name, word] :
         {std::pair{"name", &sweep.name}, std::pair{"description", &sweep.description},
          std::pair{"project", &sweep.project}, std::pair{"entity", &sweep.entity}}) {
        const std::optional<YamlValue> value = file.find(name);
        if (value && !value->is_null()) *word = value->text();
    }
}

}  // namespace

SweepFile parse_sweep_file(std::string_view yaml, const std::string& thing) {
    const YamlNode document = parse_yaml(yaml, thing);
    const YamlValue file(document, thing, "");
    if (file.is_null()) file.refuse("needs to be a sweep file with method and parameters");
    SweepFile sweep;
    check_keys(file, sweep.notices);
    sweep.method = read_method(file.at("method"));
    read_words(file, sweep);
    read_metric_and_stopping(file, sweep);
    read_run_cap(file, sweep);
    const std::vector<ReadParameter> parameters = read_parameters(file.at("parameters"), sweep.notices);
    if (sweep.method == SearchMethod::grid) check_grid(parameters, sweep.notices);
    for (const ReadParameter& read : parameters) sweep.parameters.push_back(read.parameter);
    return sweep;
}

SweepFile read_sweep_file(const std::filesystem::path& file) {
    return parse_sweep_file(read_text_file(file, kMostYamlBytes), file.string());
}

void refuse_key(std::string_view place, std::string_view key, std::string_view need,
                std::string_view finding) {
    if (place.empty()) throw Error(printable(key), need, finding);
    throw Error(place, fmt::format("{} {}", printable(key), need), finding);
}

}  // namespace melvit
