#include "melvit/report/plot_parts.h"
#include "melvit/report/sweep_figures.h"
#include "melvit/report/template.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostAxes = 12;
constexpr int kPlotWidth = 420;  // points between the ends of an axis, at least

/// Where a value stands on its axis, 0 to 1.
double place_on(const Axis& axis, double number) {
    const double low = axis.numbers.front();
    const double high = axis.numbers.back();
    if (axis.log_scale) return std::log(number / low) / std::log(high / low);
    return (number - low) / (high - low);
}

/// A label of an axis and where it stands, 0 to 1.
struct PlacedLabel {
    double at = 0;
    std::string text;
};

/// Adds labels at the axis of row `row`, as many as do not lie on each other: the first, the last, then those
/// between.
void add_labels(Json& list, std::vector<PlacedLabel> labels, std::size_t row) {
    constexpr double kLetter = 9.0 / kPlotWidth;
    constexpr double kBeyond = 0.08;  // of an axis's length, which a label may stand out at its ends
    const auto half = [&](const PlacedLabel& label) {
        return kLetter * (static_cast<double>(label.text.size()) / 2 + 1);
    };
    for (PlacedLabel& label : labels) {
        label.at = std::clamp(label.at, std::min(0.5, half(label) - kBeyond),
                              std::max(0.5, 1 + kBeyond - half(label)));
    }
    std::vector<const PlacedLabel*> placed;
    const auto place = [&](const PlacedLabel& label) {
        const bool free = std::ranges::all_of(placed, [&](const PlacedLabel* other) {
            return std::abs(label.at - other->at) >= half(label) + half(*other);
        });
        if (free) placed.push_back(&label);
    };
    place(labels.front());
    place(labels.back());
    for (const PlacedLabel& label : labels) place(label);
    for (const PlacedLabel* label : placed) {
        list.push_back({{"text", gnuplot_text(label->text)}, {"x", short_number(label->at)}, {"row", row}});
    }
}

std::vector<PlacedLabel> labels_of(const Axis& axis) {
    std::vector<PlacedLabel> labels;
    for (std::size_t place = 0; place < axis.labels.size(); ++place) {
        labels.push_back({place_on(axis, axis.numbers[place]), shortened(axis.labels[place], 20)});
    }
    return labels;
}

/// The same for the metric, whose best value is the first. most: of any trial, which may lie above the range
std::vector<PlacedLabel> metric_labels(std::pair<double, double> range, double most) {
    std::vector<PlacedLabel> labels;
    for (int i = 0; i <= 4; ++i) {
        labels.push_back({i / 4.0, short_number(range.first + (range.second - range.first) * i / 4, 3)});
    }
    if (differ(range.second, most)) labels.back().text += " and more";
    return labels;
}

/// The metric's lowest and highest value that the axis shows.
std::pair<double, double> metric_range(const std::vector<double>& metrics) {
    std::vector<double> sorted = metrics;
    std::ranges::sort(sorted);
    const double quarter = sorted[sorted.size() / 4];
    const double three_quarters = sorted[sorted.size() * 3 / 4];
    const double high = std::min(sorted.back(), three_quarters + 3 * (three_quarters - quarter));
    if (differ(sorted.front(), high)) return {sorted.front(), high};
    return {sorted.front(), differ(sorted.front(), sorted.back()) ? sorted.back() : sorted.front() + 1};
}

/// Names as tics at 0, 1, 2 ...
std::string tics_of(const std::vector<std::string>& names) {
    std::string tics;
    for (std::size_t row = 0; row < names.size(); ++row) {
        tics += fmt::format("{}{} {}", row == 0 ? "" : ", ", gnuplot_tic(names[row]), row);
    }
    return "(" + tics + ")";
}

}  // namespace

std::optional<Figure> parallel_coordinates(const Overview& overview) {
    if (overview.axes.empty()) return std::nullopt;
    const std::size_t shown = std::min(kMostAxes, overview.axes.size());
    std::vector<double> metrics;
    for (const TrialRecord* trial : overview.ranked) metrics.push_back(overview.metric_of(*trial));
    const auto range = metric_range(metrics);
    Figure figure;
    figure.name = "parallel-coordinates";
    figure.title = "All trials through their parameters";
    figure.caption = fmt::format(
        "Each line is one trial: it crosses each axis at its value and ends at its {}; the more it stands "
        "out, the better.{}",
        overview.metric_name(),
        overview.axes.size() > shown ? fmt::format(" Only the {} most important parameters are shown.", shown)
                                     : "");
    figure.csv = csv_row("trial", "axis", "place", overview.metric_name());
    const auto add_point = [&](std::size_t trial, std::size_t row, double place) {
        figure.csv += csv_row(overview.ranked[trial]->id, row, short_number(place, 6), metrics[trial]);
    };
    for (std::size_t i = metrics.size(); i-- > 0;) {  // the best last, on top
        for (std::size_t row = 0; row < shown; ++row) {
            const Axis& axis = overview.axes[row];
            add_point(i, row, place_on(axis, axis.numbers[axis.places[i]]));
        }
        add_point(i, shown, std::min(1.0, (metrics[i] - range.first) / (range.second - range.first)));
        figure.csv += '\n';
    }
    std::vector<std::string> names;
    Json labels = Json::array();
    for (std::size_t row = 0; row < shown; ++row) {
        const Axis& axis = overview.axes[row];
        names.push_back(shortened(axis.name, 40) + (axis.log_scale ? " (log)" : ""));
        add_labels(labels, labels_of(axis), row);
    }
    names.push_back(overview.metric_name());
    add_labels(labels, metric_labels(range, std::ranges::max(metrics)), shown);
    const std::size_t longest = std::ranges::max(names, {}, &std::string::size).size();
    const int left = 20 + 9 * static_cast<int>(longest);
    figure.width = std::max(figure.width, left + kPlotWidth + 40);
    figure.height = static_cast<int>(90 + 92 * shown);
    figure.script =
        filled("parallel_coordinates.gnuplot", {{"title", gnuplot_text(figure.title)},
                                                {"low", range.first},
                                                {"high", range.second},
                                                {"left", static_cast<double>(left) / figure.width},
                                                {"right", 1.0 - 40.0 / figure.width},
                                                {"rows", shown},
                                                {"names", tics_of(names)},
                                                {"labels", labels}});
    return figure;
}

std::optional<Figure> importance_figure(const Overview& overview) {
    std::vector<const Axis*> axes;
    for (const Axis& axis : overview.axes) {
        if (!std::isnan(axis.importance)) axes.push_back(&axis);
    }
    if (axes.empty()) return std::nullopt;
    std::ranges::stable_sort(axes,
                             [](const Axis* a, const Axis* b) { return a->importance < b->importance; });
    Figure figure;
    figure.name = "importance";
    figure.title = "Importance of each parameter";
    figure.caption = fmt::format(
        "How much of the differences in {} goes with the value of a parameter: the share of the scatter of "
        "the trials' "
        "ranks that lies between the means over all trials with the same value, less what chance would give "
        "(epsilon "
        "squared). What is missing to 100 % belongs to parameters together and to chance. After the marginal "
        "means of "
        "Hutter, Hoos and Leyton-Brown 2014, taken over the trials themselves; values of a continuum are put "
        "into up to "
        "eight groups.",
        overview.metric_name());
    figure.csv = csv_row("place", "parameter", "importance_percent", "values");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        figure.csv +=
            csv_row(i, axes[i]->name, short_number(100 * axes[i]->importance, 5), axes[i]->labels.size());
        names.push_back(shortened(axes[i]->name, 32));
    }
    figure.height = static_cast<int>(130 + 44 * axes.size());
    figure.script = filled("importance.gnuplot", {{"title", gnuplot_text(figure.title)},
                                                  {"last", axes.size() - 1},
                                                  {"tics", tics_of(names)},
                                                  {"colour", palette_colour(0.35)}});
    return figure;
}

}  // namespace melvit
