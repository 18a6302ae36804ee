#include "melvit/report/overview.h"

#include "melvit/report/figure.h"
#include "melvit/report/importance.h"
#include "melvit/search/parameter_text.h"
#include "melvit/sweep/sweep_results.h"
#include "melvit/tracking/setting_name.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <set>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// Numbers in their order, then all else by its text.
struct Earlier {
    bool operator()(const Json& a, const Json& b) const {
        if (a.is_number() != b.is_number()) return a.is_number();
        if (a.is_number()) return a.get<double>() < b.get<double>();
        return value_text(a) < value_text(b);
    }
};

Json value_in(const TrialRecord& trial, const std::string& name) {
    const auto found = trial.parameters.find(name);
    return found == trial.parameters.end() ? Json() : *found;
}

/// Numbers drawn from a logarithmic distribution, or listed over several powers of ten.
bool needs_log_scale(const Axis& axis, const SweepRecord& record) {
    if (!axis.numeric || axis.numbers.front() <= 0) return false;
    const Json parameters = record.sweep.value("parameters", Json::object());
    const auto found = parameters.find(axis.name);
    const Json distribution =
        found != parameters.end() && found->is_object() ? found->value("distribution", Json()) : Json();
    const std::string name = distribution.is_string() ? distribution.get<std::string>() : "categorical";
    if (!name.starts_with("categorical")) return name.find("log_") != std::string::npos;
    return axis.numbers.back() / axis.numbers.front() >= 30;
}

double importance_of(const Axis& axis, std::span<const double> ranks) {
    if (ranks.size() >= 2 * axis.labels.size()) return explained_share(axis.places, ranks);
    constexpr std::size_t kFewest = 10;
    if (!axis.numeric || ranks.size() < kFewest) return std::numeric_limits<double>::quiet_NaN();
    std::vector<double> numbers;
    for (const std::size_t place : axis.places) numbers.push_back(axis.numbers[place]);
    const std::size_t groups = std::min<std::size_t>(8, ranks.size() / 5);
    return explained_share(quantile_groups(numbers, groups), ranks);
}

Axis axis_of(const std::string& name, const Overview& overview) {
    std::set<Json, Earlier> values;
    for (const TrialRecord* trial : overview.ranked) values.insert(value_in(*trial, name));
    Axis axis;
    axis.name = name;
    axis.numeric = std::ranges::all_of(values, [](const Json& value) { return value.is_number(); });
    for (const Json& value : values) {
        axis.numbers.push_back(axis.numeric ? value.get<double>() : static_cast<double>(axis.labels.size()));
        axis.labels.push_back(value_text(value));
    }
    if (axis.numeric &&
        std::set<std::string>(axis.labels.begin(), axis.labels.end()).size() < values.size()) {
        constexpr int kAllDigits = 15;
        std::ranges::transform(axis.numbers, axis.labels.begin(),
                               [](double number) { return short_number(number, kAllDigits); });
    }
    for (const TrialRecord* trial : overview.ranked) {
        const auto found = values.find(value_in(*trial, name));
        axis.places.push_back(static_cast<std::size_t>(std::distance(values.begin(), found)));
    }
    return axis;
}

/// 0 learning rate, 1 weight decay, 2 all others.
int role_of(const std::string& name) {
    const std::string setting = setting_name(name);
    if (setting == "lr") return 0;
    if (setting == "weight_decay") return 1;
    return 2;
}

void sort_axes(std::vector<Axis>& axes) {
    const auto has = [&](int role) {
        return std::ranges::any_of(axes, [&](const Axis& axis) { return role_of(axis.name) == role; });
    };
    const bool by_role = has(0) && has(1);
    std::ranges::stable_sort(axes, [&](const Axis& a, const Axis& b) {
        if (by_role && role_of(a.name) != role_of(b.name)) return role_of(a.name) < role_of(b.name);
        const auto known = [](const Axis& axis) {
            return std::isnan(axis.importance) ? -1 : axis.importance;
        };
        return known(a) > known(b);
    });
}

std::vector<Axis> axes_of(const Overview& overview) {
    std::set<std::string> names;
    for (const TrialRecord* trial : overview.ranked) {
        for (const auto& item : trial->parameters.items()) names.insert(item.key());
    }
    std::vector<double> scores;
    for (const TrialRecord* trial : overview.ranked) scores.push_back(overview.metric_of(*trial));
    const std::vector<double> ranks = ranks_of(scores);
    std::vector<Axis> axes;
    for (const std::string& name : names) {
        Axis axis = axis_of(name, overview);
        if (axis.labels.size() < 2) continue;
        axis.log_scale = needs_log_scale(axis, *overview.record);
        axis.importance = importance_of(axis, ranks);
        axes.push_back(std::move(axis));
    }
    sort_axes(axes);
    constexpr std::size_t kMostLines = 100;
    for (Axis& axis : axes) {
        const bool shared = scores.size() >= 2 * axis.labels.size() || axes.size() == 1 || !axis.numeric;
        const bool grid = overview.record->sweep.value("method", "") == "grid";
        axis.listed = axis.labels.size() <= kMostLines && (shared || grid);
    }
    return axes;
}

}  // namespace

double Overview::metric_of(const TrialRecord& trial) const {
    return about_accuracy ? 100.0 * (1.0 - trial.validation_accuracy) : trial.validation_loss;
}

std::string Overview::metric_name() const {
    return about_accuracy ? "validation error (%)" : "validation loss";
}

Overview overview_of(const SweepRecord& record) {
    Overview overview;
    overview.record = &record;
    overview.about_accuracy = record.is_about_accuracy();
    const auto has_result = [&](const TrialRecord& trial) {
        return trial.status != TrialStatus::failed && !trial.history.empty() &&
               std::isfinite(overview.metric_of(trial));
    };
    for (const TrialRecord& trial : record.trials) {
        if (!has_result(trial)) overview.failed.push_back(&trial);
        if (trial.status == TrialStatus::stopped) overview.stopped.push_back(&trial);
        overview.epochs = std::max(overview.epochs, static_cast<int>(trial.history.size()));
    }
    overview.ranked = ranked(record);
    std::erase_if(overview.ranked, [&](const TrialRecord* trial) { return !has_result(*trial); });
    overview.axes = axes_of(overview);
    return overview;
}

}  // namespace melvit
