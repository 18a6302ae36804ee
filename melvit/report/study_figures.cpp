#include "melvit/report/study_figures.h"

#include "melvit/core/rounding.h"
#include "melvit/report/plot_parts.h"
#include "melvit/report/template.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLegendLetters = 28;
constexpr std::size_t kLinesInPanel = 5;  // of the study's grids

/// One curve for each value of a parameter, over all trials with that value.
struct CurveFamily {
    const Axis* axis = nullptr;
    CurveKind kind;
    std::string slug;                         ///< of the parameter
    std::vector<std::vector<double>> curves;  ///< [values][epochs]
};

CurveFamily family_of(const Overview& overview, const Axis& axis, const CurveKind& kind) {
    CurveFamily family;
    family.axis = &axis;
    family.kind = kind;
    for (std::size_t value = 0; value < axis.labels.size(); ++value) {
        std::vector<const TrialRecord*> trials;
        for (std::size_t i = 0; i < axis.places.size(); ++i) {
            if (axis.places[i] == value) trials.push_back(overview.ranked[i]);
        }
        family.curves.push_back(curve_of(trials, kind, overview.epochs));
    }
    return family;
}

/// The parameters with lines, at most two, each with a name for files.
struct LineAxis {
    const Axis* axis = nullptr;
    std::string slug;
};

std::vector<LineAxis> line_axes(const Overview& overview) {
    std::vector<LineAxis> axes;
    for (const Axis& axis : overview.axes) {
        if (axis.listed && axes.size() < 2) axes.push_back({&axis, slug_of(axis.name)});
    }
    const bool clash = axes.size() == 2 && axes[0].slug == axes[1].slug;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (clash || axes[i].slug.empty()) axes[i].slug = fmt::format("parameter-{}", i + 1);
    }
    return axes;
}

/// epoch, panel, place, parameter, value, measure: a block of rows a curve.
std::string csv_of(const std::vector<CurveFamily>& families) {
    std::string csv =
        csv_row("epoch", "panel", "place", "parameter", "value", name_of(families.front().kind));
    for (std::size_t panel = 0; panel < families.size(); ++panel) {
        const CurveFamily& family = families[panel];
        for (std::size_t place = 0; place < family.curves.size(); ++place) {
            const std::vector<double>& curve = family.curves[place];
            for (std::size_t epoch = 0; epoch < curve.size(); ++epoch) {
                if (!std::isfinite(curve[epoch])) continue;
                csv += csv_row(epoch + 1, panel + 1, place, family.axis->name, family.axis->labels[place],
                               curve[epoch]);
            }
            csv += '\n';
        }
    }
    return csv;
}

/// Some curves of a family, each with a colour and an entry in the legend.
Json named_curves(const CurveFamily& family, std::size_t first, std::size_t end) {
    Json curves = Json::array();
    for (std::size_t place = first; place < end; ++place) {
        curves.push_back({{"place", place},
                          {"colour", line_colour(place - first)},
                          {"label", gnuplot_text(shortened(family.axis->labels[place], kLegendLetters))}});
    }
    return curves;
}

std::string shared_metric_axis(const std::vector<CurveFamily>& families) {
    std::vector<double> values;
    for (const CurveFamily& family : families) {
        for (const auto& curve : family.curves) values.insert(values.end(), curve.begin(), curve.end());
    }
    return metric_axis(values, families.front().kind.measure);
}

/// One plot of all curves for each family: with a legend, or a colour bar for many curves.
std::string curves_by_value(const std::vector<CurveFamily>& families, const std::vector<std::string>& titles,
                            const Overview& overview) {
    Json panels = Json::array();
    for (std::size_t i = 0; i < families.size(); ++i) {
        const Axis& axis = *families[i].axis;
        const std::size_t lines = axis.labels.size();
        const bool named = lines <= kMostInLegend;
        panels.push_back({{"panel", i + 1},
                          {"title", gnuplot_text(titles[i])},
                          {"parameter", gnuplot_text(shortened(axis.name, named ? 60 : 32))},
                          {"curves", named ? named_curves(families[i], 0, lines) : Json::array()},
                          {"last", lines - 1},
                          {"tics", tics_at_places(axis.labels, lines <= 12 ? 12 : 8)}});
    }
    return filled("curves_by_value.gnuplot", {{"stacked", families.size() > 1},
                                              {"epoch_axis", epoch_axis(overview.epochs)},
                                              {"metric_axis", shared_metric_axis(families)},
                                              {"metric", name_of(families.front().kind)},
                                              {"style", curve_style(overview.epochs)},
                                              {"panels", panels}});
}

/// What a line is, for captions.
std::string line_words(const CurveFamily& family, const Overview& overview) {
    const std::size_t trials = overview.ranked.size();
    const std::string which = family.kind.summary == Summary::mean ? "mean" : "minimum";
    std::string words = fmt::format(
        "Each line is one value of {}: the {} after each epoch over all trials with it ({} "
        "values, {} trials).",
        shortened(family.axis->name, 40), which, family.curves.size(), trials);
    if (!overview.stopped.empty()) words += " Trials that were stopped early count as far as they came.";
    return words;
}

std::string title_of(const CurveFamily& family) {
    std::string measure = name_of(family.kind);
    measure.front() = static_cast<char>(measure.front() - 32);
    return measure + (family.kind.summary == Summary::mean ? ", average" : ", minimum");
}

Figure stacked(const std::vector<CurveFamily>& families, const Overview& overview) {
    const CurveFamily& top = families.front();
    Figure figure;
    figure.name = "average-" + slug_of(top.kind);
    figure.title = fmt::format("{} over all trials: by {} and by {}", title_of(top),
                               shortened(top.axis->name, 40), shortened(families[1].axis->name, 40));
    figure.caption = "Above: " + line_words(top, overview) + " Below: the same for each value of " +
                     shortened(families[1].axis->name, 40) + ".";
    figure.csv = csv_of(families);
    figure.height = 860;
    std::vector<std::string> titles;
    for (const CurveFamily& family : families)
        titles.push_back("one line for each " + shortened(family.axis->name, 40));
    figure.script = curves_by_value(families, titles, overview);
    return figure;
}

Figure solo(const CurveFamily& family, const Overview& overview) {
    const std::string summary = family.kind.summary == Summary::mean ? "average" : "minimum";
    Figure figure;
    figure.name = fmt::format("solo-{}-{}-{}", summary, family.slug, slug_of(family.kind));
    figure.title = fmt::format("{} for each {}", title_of(family), shortened(family.axis->name, 40));
    figure.caption = line_words(family, overview);
    figure.csv = csv_of({family});
    figure.script = curves_by_value({family}, {figure.title}, overview);
    return figure;
}

/// "0.001 to 0.0018".
std::string panel_title(const Axis& axis, std::size_t first, std::size_t end) {
    const std::string name = shortened(axis.labels[first], 14);
    return end - first == 1 ? name : fmt::format("{} to {}", name, shortened(axis.labels[end - 1], 14));
}

/// The letters that a legend of the axis's values needs.
std::size_t longest_label(const Axis& axis) {
    std::size_t longest = 0;
    for (const std::string& label : axis.labels) longest = std::max(longest, label.size());
    return std::min(longest, kLegendLetters);
}

/// Small plots of five values each, all with the same axes.
Figure grid(const CurveFamily& family, const Overview& overview) {
    const std::size_t lines = family.curves.size();
    const std::size_t panels = divided_up(lines, kLinesInPanel);
    const std::size_t letters = longest_label(*family.axis);
    const std::size_t columns = panels <= 1 || letters > 8 ? 1 : 2;
    const std::size_t rows = divided_up(panels, columns);
    const bool mean = family.kind.summary == Summary::mean;
    Figure figure;
    figure.name =
        fmt::format("{}-constant-{}-{}", mean ? "average" : "minimum", family.slug, slug_of(family.kind));
    figure.title = fmt::format("{} with constant {}", title_of(family), shortened(family.axis->name, 40));
    figure.caption =
        line_words(family, overview) + " Five values in each plot; all plots have the same axes.";
    figure.csv = csv_of({family});
    figure.height = static_cast<int>(50 + 250 * rows);
    Json plots = Json::array();
    for (std::size_t panel = 0; panel < panels; ++panel) {
        const std::size_t first = panel * kLinesInPanel;
        const std::size_t end = std::min(first + kLinesInPanel, lines);
        plots.push_back({{"title", gnuplot_text(panel_title(*family.axis, first, end))},
                         {"x_name", panel + columns >= panels ? "epoch" : ""},
                         {"y_name", panel % columns == 0 ? name_of(family.kind) : ""},
                         {"curves", named_curves(family, first, end)}});
    }
    figure.script = filled("curves_in_panels.gnuplot", {{"rows", rows},
                                                        {"columns", columns},
                                                        {"title", gnuplot_text(figure.title)},
                                                        {"key", columns == 1 ? 1.02 : 1.05},
                                                        {"right", 5 + letters},
                                                        {"metric_axis", shared_metric_axis({family})},
                                                        {"epoch_axis", epoch_axis(overview.epochs, 5)},
                                                        {"style", curve_style(overview.epochs)},
                                                        {"panels", plots}});
    return figure;
}

}  // namespace

std::vector<Figure> study_figures(const Overview& overview, Subset subset, Measure measure) {
    const std::vector<LineAxis> axes = line_axes(overview);
    if (axes.empty() || overview.epochs == 0) return {};
    std::vector<CurveFamily> means, minima;
    bool differ = false;
    for (const LineAxis& line : axes) {
        means.push_back(family_of(overview, *line.axis, {subset, measure, Summary::mean}));
        minima.push_back(family_of(overview, *line.axis, {subset, measure, Summary::minimum}));
        means.back().slug = minima.back().slug = line.slug;
        differ = differ || line.axis->labels.size() < overview.ranked.size();
    }
    std::vector<Figure> figures;
    if (means.size() == 2) figures.push_back(stacked(means, overview));
    figures.push_back(grid(means.front(), overview));
    if (differ) figures.push_back(grid(minima.front(), overview));
    for (const CurveFamily& family : means) figures.push_back(solo(family, overview));
    if (!differ) return figures;
    for (const CurveFamily& family : minima) figures.push_back(solo(family, overview));
    return figures;
}

std::string why_no_study_figures(const Overview& overview) {
    if (overview.ranked.empty()) return "No trial has a result, so there is nothing to draw a line of.";
    if (overview.axes.empty())
        return "No parameter has more than one value, so there are no lines to compare.";
    if (!line_axes(overview).empty()) return "";
    return "Each trial has values of its own, as a random search in a continuum draws them, or they are more "
           "than "
           "100, so the figures with one line for each value of a parameter are left out.";
}

}  // namespace melvit
