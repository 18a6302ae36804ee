#include "melvit/report/study_figures.h"

#include "melvit/core/rounding.h"
#include "melvit/report/plot_parts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

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
        fmt::format("epoch,panel,place,parameter,value,{}\n", csv_cell(name_of(families.front().kind)));
    for (std::size_t panel = 0; panel < families.size(); ++panel) {
        const CurveFamily& family = families[panel];
        for (std::size_t place = 0; place < family.curves.size(); ++place) {
            const std::vector<double>& curve = family.curves[place];
            for (std::size_t epoch = 0; epoch < curve.size(); ++epoch) {
                if (!std::isfinite(curve[epoch])) continue;
                csv += fmt::format("{},{},{},{},{},{}\n", epoch + 1, panel + 1, place,
                                   csv_cell(family.axis->name), csv_cell(family.axis->labels[place]),
                                   csv_cell(curve[epoch]));
            }
            csv += '\n';
        }
    }
    return csv;
}

/// `plot` of some curves of a panel, each with a colour and a legend entry of its own.
std::string plot_with_legend(const CurveFamily& family, std::size_t panel, std::size_t first, std::size_t end,
                             const std::string& style) {
    std::string plot = "plot ";
    for (std::size_t place = first; place < end; ++place) {
        plot += fmt::format("{}csv using 1:($2=={} && $3=={} ? $6 : NaN) {} linecolor rgb '{}' title {}",
                            place == first ? "" : ", \\\n  ", panel, place, style, line_colour(place - first),
                            gnuplot_text(shortened(family.axis->labels[place], kLegendLetters)));
    }
    return plot + "\n";
}

/// All curves of a family in one plot.
std::string panel_of(const CurveFamily& family, std::size_t panel, int epochs) {
    const std::size_t lines = family.curves.size();
    if (lines <= kMostInLegend) {
        return fmt::format(
                   "set key outside bottom center horizontal Left reverse samplen 1.5 title {}\n"
                   "set rmargin 3\nunset colorbox\n",
                   gnuplot_text(shortened(family.axis->name, 60))) +
               plot_with_legend(family, panel, 0, lines, curve_style(epochs));
    }
    return "unset key\nset rmargin 13\nset colorbox\n" + colour_bar(*family.axis) +
           fmt::format("plot csv using 1:($2=={} ? $6 : NaN):3 {} linecolor palette notitle\n", panel,
                       curve_style(epochs));
}

std::string axes_of(const std::vector<CurveFamily>& families, int epochs) {
    std::vector<double> values;
    for (const CurveFamily& family : families) {
        for (const auto& curve : family.curves) values.insert(values.end(), curve.begin(), curve.end());
    }
    return epoch_axis(epochs) + metric_axis(values, families.front().kind.measure) +
           fmt::format("set xlabel 'epoch'\nset ylabel '{}'\n", name_of(families.front().kind));
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
    figure.script = "set multiplot layout 2,1\nset lmargin 10\n" + axes_of(families, overview.epochs);
    for (std::size_t i = 0; i < families.size(); ++i) {
        figure.script += fmt::format(
            "set title {}\n", gnuplot_text("one line for each " + shortened(families[i].axis->name, 40)));
        figure.script += panel_of(families[i], i + 1, overview.epochs);
    }
    figure.script += "unset multiplot";
    return figure;
}

Figure solo(const CurveFamily& family, const Overview& overview) {
    const std::string summary = family.kind.summary == Summary::mean ? "average" : "minimum";
    Figure figure;
    figure.name = fmt::format("solo-{}-{}-{}", summary, family.slug, slug_of(family.kind));
    figure.title = fmt::format("{} for each {}", title_of(family), shortened(family.axis->name, 40));
    figure.caption = line_words(family, overview);
    figure.csv = csv_of({family});
    figure.script = axes_of({family}, overview.epochs) +
                    fmt::format("set title {}\n", gnuplot_text(figure.title)) +
                    panel_of(family, 1, overview.epochs);
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
    figure.script =
        fmt::format("set multiplot layout {},{} title {}\n", rows, columns, gnuplot_text(figure.title)) +
        fmt::format(
            "set key at graph {},graph 1 left top Left reverse samplen 0.8\nset lmargin 9\nset rmargin "
            "{}\n",
            columns == 1 ? 1.02 : 1.05, 5 + letters) +
        "set tmargin 2.6\nset bmargin 3.4\n" + axes_of({family}, overview.epochs) +
        epoch_axis(overview.epochs, 5);
    for (std::size_t panel = 0; panel < panels; ++panel) {
        const std::size_t first = panel * kLinesInPanel;
        const std::size_t end = std::min(first + kLinesInPanel, lines);
        figure.script += fmt::format("set title {}\nset xlabel '{}'\nset ylabel '{}'\n",
                                     gnuplot_text(panel_title(*family.axis, first, end)),
                                     panel + columns >= panels ? "epoch" : "",
                                     panel % columns == 0 ? name_of(family.kind) : "");
        figure.script += plot_with_legend(family, 1, first, end, curve_style(overview.epochs));
    }
    figure.script += "unset multiplot";
    return figure;
}

}  // namespace

std::vector<Figure> study_figures(const Overview& overview, Side side, Measure measure) {
    const std::vector<LineAxis> axes = line_axes(overview);
    if (axes.empty() || overview.epochs == 0) return {};
    std::vector<CurveFamily> means, minima;
    bool differ = false;
    for (const LineAxis& line : axes) {
        means.push_back(family_of(overview, *line.axis, {side, measure, Summary::mean}));
        minima.push_back(family_of(overview, *line.axis, {side, measure, Summary::minimum}));
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
