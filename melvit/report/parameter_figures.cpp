#include "melvit/report/plot_parts.h"
#include "melvit/report/sweep_figures.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

constexpr std::size_t kMostAxes = 12;

/// Where a value stands on its axis, 0 to 1.
double height_on(const Axis& axis, double number) {
    const double low = axis.numbers.front();
    const double high = axis.numbers.back();
    if (axis.log_scale) return std::log(number / low) / std::log(high / low);
    return (number - low) / (high - low);
}

/// Labels along an upright axis at `x`: all values of a short list, else a few.
std::string labels_along(const Axis& axis, std::size_t x) {
    std::string commands;
    const std::size_t last = axis.labels.size() - 1;
    const std::size_t steps = std::min<std::size_t>(last, axis.numeric && last > 6 ? 4 : 11);
    for (std::size_t i = 0; i <= steps; ++i) {
        const std::size_t place = (i * last + steps / 2) / steps;
        commands += fmt::format("set label {} at {},{} left offset 1,0 front boxed textcolor rgb '#333333'\n",
                                gnuplot_text(shortened(axis.labels[place], 14)), x,
                                short_number(height_on(axis, axis.numbers[place])));
    }
    return commands;
}

/// The same for the metric, whose axis has its best value below.
std::string metric_labels(std::pair<double, double> range, std::size_t x) {
    std::string commands;
    for (int i = 0; i <= 4; ++i) {
        const double value = range.first + (range.second - range.first) * i / 4;
        commands +=
            fmt::format("set label '{}' at {},{} left offset 1,0 front boxed textcolor rgb '#333333'\n",
                        short_number(value, 3), x, i / 4.0);
    }
    return commands;
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

std::string names_of_axes(const std::vector<Axis>& axes, std::size_t shown, const std::string& metric) {
    std::string tics;
    for (std::size_t i = 0; i < shown; ++i) {
        tics += fmt::format("{} {}, ", gnuplot_tic(shortened(axes[i].name, 18)), i);
    }
    return fmt::format("({}{} {})", tics, gnuplot_tic(metric), shown);
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
        "Each line is one trial: it crosses each axis at its value and ends at its {}; the darker, the "
        "better.{}",
        overview.metric_name(),
        overview.axes.size() > shown ? fmt::format(" Only the {} most important parameters are shown.", shown)
                                     : "");
    figure.csv = fmt::format("trial,axis,height,{}\n", csv_cell(overview.metric_name()));
    for (std::size_t i = metrics.size(); i-- > 0;) {  // the best last, on top
        for (std::size_t x = 0; x < shown; ++x) {
            const Axis& axis = overview.axes[x];
            figure.csv += fmt::format("{},{},{},{}\n", overview.ranked[i]->id, x,
                                      short_number(height_on(axis, axis.numbers[axis.places[i]]), 6),
                                      csv_cell(metrics[i]));
        }
        const double end = std::min(1.02, (metrics[i] - range.first) / (range.second - range.first));
        figure.csv += fmt::format("{},{},{},{}\n\n", overview.ranked[i]->id, shown, short_number(end, 6),
                                  csv_cell(metrics[i]));
    }
    figure.width = static_cast<int>(std::clamp<std::size_t>(180 * (shown + 1), 800, 1500));
    figure.script =
        fmt::format("set title {}\n", gnuplot_text(figure.title)) +
        fmt::format("set cbrange {}\nunset colorbox\nset rmargin 12\nset lmargin 8\nset xrange [0:{}]\n",
                    range_text(range), shown) +
        fmt::format(
            "set style textbox opaque fillcolor rgb 'white' noborder margins 0.4,0.4\nunset border\nunset "
            "ytics\nset grid noytics xtics linecolor rgb '#666666' linewidth 1\n"
            "set yrange [-0.03:1.05]\nset xtics scale 0 {}\n",
            names_of_axes(overview.axes, shown, overview.metric_name()));
    for (std::size_t x = 0; x < shown; ++x) figure.script += labels_along(overview.axes[x], x);
    figure.script +=
        metric_labels(range, shown) + "plot csv using 2:3:4 with lines linewidth 1 linecolor palette notitle";
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
    figure.csv = "place,parameter,importance_percent,values\n";
    std::string tics;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        figure.csv += fmt::format("{},{},{},{}\n", i, csv_cell(axes[i]->name),
                                  short_number(100 * axes[i]->importance, 5), axes[i]->labels.size());
        tics += fmt::format("{}{} {}", i == 0 ? "" : ", ", gnuplot_tic(shortened(axes[i]->name, 32)), i);
    }
    figure.height = static_cast<int>(130 + 44 * axes.size());
    figure.script = fmt::format(
        "set title {}\nset xrange [0:112]\nset xtics 0,20,100\nset yrange [-0.6:{}.6]\nset ytics scale 0 "
        "({})\nset grid "
        "noytics\n"
        "set xlabel 'share of the scatter (%)'\nset style fill solid 1 noborder\n"
        "plot csv using ($3/2):1:($3/2):(0.32) with boxxyerror linecolor rgb '{}' notitle, \\\n"
        "  csv using 3:1:(sprintf('%.1f %%', $3)) with labels left offset 0.7,0 notitle",
        gnuplot_text(figure.title), axes.size() - 1, tics, palette_colour(0.35));
    return figure;
}

}  // namespace melvit
