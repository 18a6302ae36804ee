#include "melvit/sweep/trial_settings.h"

#include "melvit/core/config.h"
#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/search/distribution.h"
#include "melvit/tracking/setting_name.h"
#include "melvit/training/recipe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMetrics = {
    {{"validation_loss", "loss"},
     {"val_loss", "loss"},
     {"val/loss", "loss"},
     {"validation_accuracy", "accuracy"},
     {"val_acc", "accuracy"},
     {"val/acc", "accuracy"}}};

/// The object of a config's JSON that holds a setting: the config itself or its head.
Json* place_of(const std::string& setting, Json& config) {
    if (setting == "head") return nullptr;
    if (config.contains(setting)) return &config;
    return config.at("head").contains(setting) ? &config.at("head") : nullptr;
}

/// 128.0 for a setting that counts is 128: quantised distributions give floats.
Json fitting(const Json& value, const Json& before) {
    if (!before.is_number_integer() || !value.is_number_float()) return value;
    const auto number = value.get<double>();
    const bool is_whole = std::abs(number) < 1e15 && number == std::floor(number);
    return is_whole ? Json(static_cast<std::int64_t>(number)) : value;
}

std::uint64_t seed_of(const Json& value) {
    const Json whole = fitting(value, Json(0));
    if (!whole.is_number_integer() || whole.get<std::int64_t>() < 0) {
        throw Error("seed", "needs whole numbers of 0 or more", "it is " + printable(value.dump()));
    }
    return whole.get<std::uint64_t>();
}

/// Values of a parameter that show whether it fits its setting: all that are listed, both ends of a range.
/// The normal distributions have no ends: their draws are checked when they are drawn.
std::vector<Json> telling_values(const Distribution& distribution) {
    constexpr double kAlmostNone = 1e-12;
    if (is_listed(distribution.kind)) return distribution.values;
    if (name_of(distribution.kind).find("normal") != std::string_view::npos) return {};
    return {quantile(distribution, kAlmostNone), quantile(distribution, 1 - kAlmostNone)};
}

void check_name(const std::string& parameter, const TrainConfig& config) {
    const std::string setting = setting_name(parameter);
    if (setting == "select") throw Error(parameter, "needs to be left out", "the sweep's metric says it");
    Json json = config_to_json(config);
    if (setting == "recipe" || setting == "seed" || place_of(setting, json) != nullptr) return;
    throw Error(printable(parameter), "needs to be a setting of training (melvit train --help)",
                "there is none of that name");
}

/// throws  Error of refuse_key
[[noreturn]] void refuse(const Parameter& parameter, std::string_view need, std::string_view finding) {
    refuse_key(parameter.place, "parameters." + parameter.name, need, finding);
}

/// Runs a check of one parameter; what it finds is said of the line that sets it.
template <class Check>
void check_parameter(const Parameter& parameter, const Check& check) {
    try {
        check();
    } catch (const Error& error) {
        refuse(parameter, error.need(), error.finding());
    }
}

/// Tries every value of every parameter.
///
/// throws  Error for a value that does not fit its setting
void check_values(const SweepFile& file, const TrainConfig& recipe) {
    for (const Parameter& parameter : file.parameters) {
        check_parameter(parameter, [&] {
            for (const Json& value : telling_values(parameter.distribution)) {
                trial_settings(Point{{parameter.name, value}}, recipe, 0);
            }
        });
    }
}

}  // namespace

std::optional<std::string> recipe_of(const SweepFile& file) {
    for (const Parameter& parameter : file.parameters) {
        if (setting_name(parameter.name) != "recipe") continue;
        const auto& values = parameter.distribution.values;
        if (values.size() != 1 || !values.front().is_string()) {
            refuse(parameter, "needs one recipe's name for the whole sweep (each has features of its own)",
                   values.size() == 1 ? "it is " + printable(values.front().dump())
                                      : fmt::format("it has {} values", values.size()));
        }
        const auto name = values.front().get<std::string>();
        // What is wrong in a recipe's own file is said of that file.
        if (!name.ends_with(".json")) check_parameter(parameter, [&] { load_recipe(name); });
        return name;
    }
    return std::nullopt;
}

TrialSettings trial_settings(const Point& point, const TrainConfig& recipe, std::uint64_t seed) {
    Json json = config_to_json(recipe);
    TrialSettings settings{{}, seed};
    for (const auto& item : point.items()) {
        const std::string setting = setting_name(item.key());
        if (setting == "recipe") continue;
        if (setting == "seed") {
            settings.seed = seed_of(item.value());
            continue;
        }
        check_name(item.key(), recipe);
        Json& value = place_of(setting, json)->at(setting);
        value = fitting(item.value(), value);
    }
    settings.training = config_from_json<TrainConfig>(json, "parameters");
    check(settings.training);
    return settings;
}

TrainConfig shared_settings(const SweepFile& file, const TrainConfig& recipe) {
    Point constants = Point::object();
    for (const Parameter& parameter : file.parameters) {
        if (parameter.distribution.kind != DistributionKind::constant) continue;
        constants[parameter.name] = parameter.distribution.values.at(0);
    }
    TrainConfig shared = trial_settings(constants, recipe, 0).training;
    shared.select = select_of(file.metric);
    return shared;
}

void check_sweep(const SweepFile& file, const TrainConfig& recipe) {
    check(recipe);
    std::map<std::string, std::string> parameter_of_setting;
    for (const Parameter& parameter : file.parameters) {
        check_parameter(parameter, [&] { check_name(parameter.name, recipe); });
        const auto [other, is_new] =
            parameter_of_setting.try_emplace(setting_name(parameter.name), parameter.name);
        if (!is_new) {
            refuse(parameter, "needs to be the only parameter of its setting",
                   printable(other->second) + " is the same one");
        }
    }
    select_of(file.metric);
    check_values(file, recipe);
}

std::string select_of(const Metric& metric) {
    const std::string name = plain_name(metric.name);
    const auto known =
        std::ranges::find(kMetrics, name, &std::pair<std::string_view, std::string_view>::first);
    if (known == kMetrics.end()) {
        refuse_key(metric.place, "metric.name", "needs to be validation_loss or validation_accuracy",
                   "it is \"" + printable(metric.name) + '"');
    }
    if (metric.maximise != (known->second == "accuracy")) {
        refuse_key(
            metric.goal_place, "metric.goal",
            metric.maximise ? "needs to be minimize for a loss" : "needs to be maximize for an accuracy",
            metric.maximise ? "it is maximize"
                            : "it is minimize, which is also what it means without a goal");
    }
    return std::string(known->second);
}

}  // namespace melvit
