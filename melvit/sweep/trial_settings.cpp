#include "melvit/sweep/trial_settings.h"

#include "melvit/core/config.h"
#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/search/distribution.h"
#include "melvit/tracking/setting_name.h"

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

/// Values of a parameter that show whether it fits its setting: all that are listed, both ends of a range. The normal
/// distributions have no ends: their draws are checked when they are drawn.
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

}  // namespace

std::optional<std::string> recipe_of(const SweepFile& file) {
    for (const Parameter& parameter : file.parameters) {
        if (setting_name(parameter.name) != "recipe") continue;
        const auto& values = parameter.distribution.values;
        if (values.size() != 1 || !values.front().is_string()) {
            throw Error(parameter.name,
                        "needs one recipe's name for the whole sweep (each has features of its own)",
                        values.size() == 1 ? "it is " + printable(values.front().dump())
                                           : fmt::format("it has {} values", values.size()));
        }
        return values.front().get<std::string>();
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
    std::map<std::string, std::string> parameter_of_setting;
    for (const Parameter& parameter : file.parameters) {
        check_name(parameter.name, recipe);
        const auto [other, is_new] =
            parameter_of_setting.try_emplace(setting_name(parameter.name), parameter.name);
        if (!is_new) {
            throw Error(printable(parameter.name), "needs to be the only parameter of its setting",
                        printable(other->second) + " is the same one");
        }
    }
    const TrainConfig shared = shared_settings(file, recipe);
    const bool ends_early = file.early.kind != EarlyTermination::Kind::none;
    for (const Parameter& parameter : file.parameters) {
        for (const Json& value : telling_values(parameter.distribution)) {
            const TrialSettings settings = trial_settings(Point{{parameter.name, value}}, shared, 0);
            if (ends_early && settings.training.ensemble > 1) {
                throw Error("early_terminate", "needs trials of one head (ensemble 1)",
                            fmt::format("there are some of {}", settings.training.ensemble));
            }
        }
    }
}

std::string select_of(const Metric& metric) {
    const std::string name = plain_name(metric.name);
    const auto known =
        std::ranges::find(kMetrics, name, &std::pair<std::string_view, std::string_view>::first);
    if (known == kMetrics.end()) {
        throw Error("metric", "needs to be validation_loss or validation_accuracy",
                    "it is \"" + printable(metric.name) + '"');
    }
    if (metric.maximise != (known->second == "accuracy")) {
        throw Error(
            "metric",
            metric.maximise ? "needs goal: minimize for a loss" : "needs goal: maximize for an accuracy",
            metric.maximise ? "it says maximize"
                            : "it says minimize, which is also what it means without a goal");
    }
    return std::string(known->second);
}

}  // namespace melvit
