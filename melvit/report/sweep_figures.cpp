#include "melvit/report/sweep_figures.h"

#include "melvit/report/plot_parts.h"
#include "melvit/search/parameter_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace melvit {
namespace {

std::vector<double> metrics_of_ranked(const Overview& overview) {
    std::vector<double> metrics;
    for (const TrialRecord* trial : overview.ranked) metrics.push_back(overview.metric_of(*trial));
    return metrics;
}

Measure measure_of(const Overview& overview) {
    return overview.about_accuracy ? Measure::error : Measure::loss;
}

/// The colour of a trial among the best.
std::string rank_colour(std::size_t rank, std::size_t shown) {
    return palette_colour(shown == 1 ? 0 : static_cast<double>(rank) / static_cast<double>(shown - 1));
}

std::string upper_first(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
        text.front() = static_cast<char>(text.front() - 32);
    }
    return text;
}

/// `set xrange` and kin for a parameter; x or y.
std::string parameter_scale(const Axis& axis, char letter) {
    std::string commands = fmt::format("set {}label {}\n", letter, gnuplot_text(shortened(axis.name, 40)));
    if (!axis.numeric) {
        return commands + fmt::format("set {0}range [-0.5:{1}.5]\nset {0}tics {2} {3}\n", letter,
                                      axis.labels.size() - 1,
                                      letter == 'x' ? turned_labels(axis.labels) : "norotate",
                                      tics_at_places(axis.labels, 20));
    }
    const double low = axis.numbers.front();
    const double high = axis.numbers.back();
    if (axis.log_scale) {
        commands += fmt::format("set logscale {0}\nset {0}tics ({1})\n", letter,
                                tics_of_decades(low, high, letter == 'x' ? 1 : 3));
    }
    const double room = 0.04 * (high - low);
    const auto range = axis.log_scale
                           ? std::pair(low / std::pow(high / low, 0.04), high * std::pow(high / low, 0.04))
                           : std::pair(low - room, high + room);
    return commands + fmt::format("set {}range {}\n", letter, range_text(range));
}

Figure heat_map(const Overview& overview, const Axis& across, const Axis& up) {
    struct Cell {
        double metric = 0;
        std::size_t trials = 0;
        std::size_t id = 0;
    };
    std::map<std::pair<std::size_t, std::size_t>, Cell> cells;
    for (std::size_t i = 0; i < overview.ranked.size(); ++i) {  // the best trial of a cell comes first
        Cell& cell = cells[{across.places[i], up.places[i]}];
        if (cell.trials++ > 0) continue;
        cell.metric = overview.metric_of(*overview.ranked[i]);
        cell.id = overview.ranked[i]->id;
    }
    Figure figure;
    figure.csv = fmt::format("{},{},x,y,{},trials,best_trial\n", csv_cell(across.name), csv_cell(up.name),
                             csv_cell(overview.metric_name()));
    std::vector<double> metrics;
    for (const auto& cell : cells) {
        const std::size_t x = cell.first.first;
        const std::size_t y = cell.first.second;
        figure.csv +=
            fmt::format("{},{},{},{},{},{},{}\n", csv_cell(across.labels[x]), csv_cell(up.labels[y]), x, y,
                        csv_cell(cell.second.metric), cell.second.trials, cell.second.id);
        metrics.push_back(cell.second.metric);
    }
    const bool several = std::ranges::any_of(cells, [](const auto& cell) { return cell.second.trials > 1; });
    figure.caption = fmt::format(
        "Each cell is one pair of values; its colour is the {} of {} at its best epoch: the "
        "more it stands out, the better. The star marks the best trial.{}",
        overview.metric_name(), several ? "its best trial" : "its trial",
        cells.size() < across.labels.size() * up.labels.size()
            ? " Cells without a colour have no trial with a result."
            : "");
    figure.height = static_cast<int>(std::clamp<std::size_t>(140 + 32 * up.labels.size(), 300, 900));
    figure.script =
        metric_colour_bar(metrics, overview.metric_name()) +
        "unset grid\nset tics scale 0\nset rmargin 14\n" +
        fmt::format("set xrange [-0.5:{}.5]\nset yrange [-0.5:{}.5]\n", across.labels.size() - 1,
                    up.labels.size() - 1) +
        fmt::format("set xtics {} {}\nset ytics {}\nset xlabel {}\nset ylabel {}\n",
                    across.labels.size() > 8 || !across.numeric ? turned_labels(across.labels) : "norotate",
                    tics_at_places(across.labels, 24), tics_at_places(up.labels, 24),
                    gnuplot_text(shortened(across.name, 40)), gnuplot_text(shortened(up.name, 40))) +
        fmt::format("set label 1 '\xE2\x98\x85' at {},{} center front textcolor rgb 'white'\n",
                    across.places.front(), up.places.front()) +
        "set style fill solid 1 noborder\n"
        "plot csv using 3:4:(0.5):(0.5):5 with boxxyerror fillcolor palette notitle";
    return figure;
}

/// "trial 17: lr 0.0016, weight_decay 0.01": a trial with those parameters that vary, in lines that fit into a figure.
std::vector<std::string> legend_lines(const TrialRecord& trial, const Overview& overview) {
    constexpr std::size_t kMostLetters = 80;
    std::vector<std::string> lines = {fmt::format("trial {}:", trial.id)};
    for (const Axis& axis : overview.axes) {
        const auto found = trial.parameters.find(axis.name);
        if (found == trial.parameters.end()) continue;
        const std::string next = fmt::format(" {} {},", axis.name, value_text(*found));
        if (lines.back().size() + next.size() > kMostLetters) lines.emplace_back("         ");
        lines.back() += next;
    }
    lines.back().pop_back();  // what stands behind the last
    return lines;
}

/// A legend in the lowest part of a figure, the best trial first.
struct TrialLegend {
    std::string commands;
    int height = 0;  ///< points
};

TrialLegend legend_of(const Overview& overview, std::size_t shown, int figure_above) {
    constexpr int kLine = 20;  // points
    std::vector<std::vector<std::string>> entries;
    TrialLegend legend{"", kLine};
    for (std::size_t rank = 0; rank < shown; ++rank) {
        entries.push_back(legend_lines(*overview.ranked[rank], overview));
        legend.height += kLine * static_cast<int>(entries.back().size());
    }
    int from_above = figure_above;
    for (std::size_t rank = 0; rank < shown; ++rank) {
        for (const std::string& line : entries[rank]) {
            const double y = 1.0 - static_cast<double>(from_above) / (figure_above + legend.height);
            if (&line == &entries[rank].front()) {
                legend.commands += fmt::format(
                    "set arrow from screen 0.03,screen {0} to screen 0.07,screen {0} nohead linewidth 1.8 "
                    "linecolor rgb '{1}'\n",
                    y, rank_colour(rank, shown));
            }
            legend.commands +=
                fmt::format("set label {} at screen 0.085,screen {} left textcolor rgb '#333333'\n",
                            gnuplot_text(line), y);
            from_above += kLine;
        }
    }
    return legend;
}

/// Dots over two parameters, or over one with the metric upwards.
Figure dots(const Overview& overview, const Axis& across, const Axis* up) {
    const std::vector<double> metrics = metrics_of_ranked(overview);
    Figure figure;
    figure.csv = fmt::format("trial,x,{},{},{}\n", csv_cell(across.name),
                             up ? "y," + csv_cell(up->name) : "y,", csv_cell(overview.metric_name()));
    for (std::size_t i = metrics.size(); i-- > 0;) {  // the best last, on top
        const std::size_t x = across.places[i];
        figure.csv += fmt::format("{},{},{},", overview.ranked[i]->id, csv_cell(across.numbers[x]),
                                  csv_cell(across.labels[x]));
        if (up) {
            figure.csv += fmt::format("{},{},", csv_cell(up->numbers[up->places[i]]),
                                      csv_cell(up->labels[up->places[i]]));
        } else {
            figure.csv += fmt::format("{},,", csv_cell(metrics[i]));
        }
        figure.csv += csv_cell(metrics[i]) + "\n";
    }
    figure.script = parameter_scale(across, 'x');
    figure.caption = fmt::format("Each dot is one trial; {} is its {} at its best epoch: the {}, the better.",
                                 up ? "its colour" : "its height", overview.metric_name(),
                                 up ? "more it stands out" : "lower");
    if (up) {
        figure.script +=
            parameter_scale(*up, 'y') + metric_colour_bar(metrics, overview.metric_name()) +
            "set rmargin 14\nplot csv using 2:4:6 with points pointtype 7 pointsize 0.9 linecolor palette "
            "notitle";
    } else {
        figure.script += fmt::format(
            "{}set ylabel '{}'\nplot csv using 2:4 with points pointtype 7 "
            "pointsize 0.9 linecolor rgb '{}' notitle",
            metric_axis(metrics, measure_of(overview)), overview.metric_name(), line_colour(0));
    }
    return figure;
}

}  // namespace

std::optional<Figure> metric_map(const Overview& overview) {
    if (overview.axes.empty()) return std::nullopt;
    const Axis& across = overview.axes.front();
    Figure figure;
    if (overview.axes.size() == 1) {
        figure = dots(overview, across, nullptr);
        figure.title =
            fmt::format("{} for each {}", upper_first(overview.metric_name()), shortened(across.name, 40));
    } else {
        const Axis& up = overview.axes[1];
        const bool cells = across.listed && up.listed;
        figure = cells ? heat_map(overview, across, up) : dots(overview, across, &up);
        figure.title = fmt::format("{} by {} and {}", upper_first(overview.metric_name()),
                                   shortened(across.name, 40), shortened(up.name, 40));
    }
    figure.name = "metric-map";
    figure.script = fmt::format("set title {}\n", gnuplot_text(figure.title)) + figure.script;
    return figure;
}

Figure best_so_far(const Overview& overview) {
    std::vector<const TrialRecord*> trials = overview.ranked;
    std::ranges::sort(trials, {}, &TrialRecord::id);
    Figure figure;
    figure.name = "best-so-far";
    figure.title = "The best so far over the trials";
    figure.caption = fmt::format(
        "Each dot is one trial, its {} at its best epoch; the line is the best of the trials up "
        "to there. Trials without a result are left out.",
        overview.metric_name());
    figure.csv = fmt::format("trial,{},best_so_far\n", csv_cell(overview.metric_name()));
    double best = std::numeric_limits<double>::infinity();
    for (const TrialRecord* trial : trials) {
        best = std::min(best, overview.metric_of(*trial));
        figure.csv +=
            fmt::format("{},{},{}\n", trial->id, csv_cell(overview.metric_of(*trial)), csv_cell(best));
    }
    const std::size_t last = trials.back()->id;
    figure.script = fmt::format(
        "set title {}\nset xlabel 'trial'\nset ylabel '{}'\nset xrange [0:{}]\n{}"
        "set key outside bottom center horizontal Left reverse\n"
        "plot csv using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '#7b8794' title 'a trial', "
        "\\\n"
        "  csv using 1:3 with steps linewidth 2 linecolor rgb '{}' title 'best so far'",
        gnuplot_text(figure.title), overview.metric_name(), last + 1,
        metric_axis(metrics_of_ranked(overview), measure_of(overview)), line_colour(1));
    return figure;
}

Figure learning_curves(const Overview& overview) {
    const std::size_t shown = std::min(kBestTrials, overview.ranked.size());
    Figure figure;
    figure.name = "learning-curves";
    figure.title = shown == 1 ? "Learning curve of the trial"
                              : fmt::format("Learning curves of the {} best trials", shown);
    figure.caption =
        "Validation loss and error after each epoch, the best trial in the line that stands out most; the "
        "dot is the epoch that was kept of it. An ensemble counts as one: the mean of its heads' "
        "probabilities.";
    figure.csv =
        "rank,trial,epoch,validation_loss,validation_error_percent,training_loss,training_error_percent,"
        "kept\n";
    std::vector<double> losses, errors;
    int epochs = 1;
    for (std::size_t rank = shown; rank-- > 0;) {
        const TrialRecord& trial = *overview.ranked[rank];
        for (const EpochMetrics& epoch : trial.history) {
            losses.push_back(epoch.validation_loss);
            errors.push_back(100.0 * (1.0 - epoch.validation_accuracy));
            figure.csv += fmt::format(
                "{},{},{},{},{},{},{},{}\n", rank + 1, trial.id, epoch.epoch, csv_cell(losses.back()),
                csv_cell(errors.back()), csv_cell(epoch.train_loss),
                csv_cell(100.0 * (1.0 - epoch.train_accuracy)), epoch.epoch == trial.best_epoch ? 1 : 0);
            epochs = std::max(epochs, epoch.epoch);
        }
        figure.csv += '\n';
    }
    constexpr int kAboveLegend = 640;
    const TrialLegend legend = legend_of(overview, shown, kAboveLegend);
    figure.height = kAboveLegend + legend.height;
    const auto from_top = [&](int points) { return 1.0 - static_cast<double>(points) / figure.height; };
    figure.script = fmt::format("set multiplot\nset title {}\nunset key\nset lmargin 9\nset rmargin 3\n",
                                gnuplot_text(figure.title)) +
                    epoch_axis(epochs);
    for (const Measure measure : {Measure::loss, Measure::error}) {
        const bool above = measure == Measure::loss;
        const int column = above ? 4 : 5;
        figure.script +=
            fmt::format("set tmargin at screen {}\nset bmargin at screen {}\nset ylabel '{}'\n{}",
                        from_top(above ? 40 : 325), from_top(above ? 280 : 565),
                        name_of({Side::validation, measure}), metric_axis(above ? losses : errors, measure));
        if (!above) {
            figure.script += "unset title\nset xlabel 'epoch'\n" + legend.commands;
        }
        figure.script += "plot ";
        for (std::size_t rank = shown; rank-- > 0;) {
            figure.script +=
                fmt::format("csv using 3:($1=={} ? ${} : NaN) {} linecolor rgb '{}' notitle, \\\n  ",
                            rank + 1, column, curve_style(epochs), rank_colour(rank, shown));
        }
        figure.script += fmt::format(
            "csv using 3:($1==1 && $8==1 ? ${} : NaN) with points pointtype 7 pointsize 0.8 "
            "linecolor rgb '{}' notitle\n",
            column, palette_colour(0));
    }
    figure.script += "unset multiplot";
    return figure;
}

}  // namespace melvit
