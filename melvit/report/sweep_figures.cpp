#include "melvit/report/sweep_figures.h"

#include "melvit/report/plot_parts.h"
#include "melvit/report/template.h"
#include "melvit/search/parameter_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <utility>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

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

/// letter  of the axis, 'x' or 'y'
std::string parameter_axis(const Axis& axis, char letter) {
    Json values = {{"letter", std::string(1, letter)}, {"name", gnuplot_text(shortened(axis.name, 40))}};
    if (!axis.numeric) {
        values["last"] = axis.labels.size() - 1;
        values["rotation"] = letter == 'x' ? label_rotation(axis.labels) : "norotate";
        values["tics"] = tics_at_places(axis.labels, 20);
        return filled("parameter_axis.gnuplot", values);
    }
    const double low = axis.numbers.front();
    const double high = axis.numbers.back();
    const double room = axis.log_scale ? std::pow(high / low, 0.04) : 0.04 * (high - low);
    if (axis.log_scale) values["log_tics"] = tics_of_decades(low, high, letter == 'x' ? 1 : 3);
    values["low"] = axis.log_scale ? low / room : low - room;
    values["high"] = axis.log_scale ? high * room : high + room;
    return filled("parameter_axis.gnuplot", values);
}

Figure heat_map(const Overview& overview, const Axis& across, const Axis& up, const std::string& title) {
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
    figure.csv = csv_row(across.name, up.name, "x", "y", overview.metric_name(), "trials", "best_trial");
    std::vector<double> metrics;
    for (const auto& [place, cell] : cells) {
        const auto [x, y] = place;
        figure.csv += csv_row(across.labels[x], up.labels[y], x, y, cell.metric, cell.trials, cell.id);
        metrics.push_back(cell.metric);
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
    const bool rotated = across.labels.size() > 8 || !across.numeric;
    figure.script =
        filled("heat_map.gnuplot", {{"title", gnuplot_text(title)},
                                    {"metric_colours", metric_colours(metrics, overview.metric_name())},
                                    {"last_x", across.labels.size() - 1},
                                    {"last_y", up.labels.size() - 1},
                                    {"rotation", rotated ? label_rotation(across.labels) : "norotate"},
                                    {"x_tics", tics_at_places(across.labels, 24)},
                                    {"y_tics", tics_at_places(up.labels, 24)},
                                    {"x_name", gnuplot_text(shortened(across.name, 40))},
                                    {"y_name", gnuplot_text(shortened(up.name, 40))},
                                    {"best_x", across.places.front()},
                                    {"best_y", up.places.front()}});
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

/// The figure with a legend of the best trials in its lowest part: its lines for learning_curves.gnuplot.
///
/// height  of the figure above the legend in points; becomes that of both
Json legend_of(const Overview& overview, std::size_t shown, int& height) {
    constexpr int kLine = 20;  // points
    Json legend = Json::array();
    for (std::size_t rank = 0; rank < shown; ++rank) {
        std::string colour = rank_colour(rank, shown);
        for (const std::string& line : legend_lines(*overview.ranked[rank], overview)) {
            legend.push_back({{"text", gnuplot_text(line)}, {"colour", std::exchange(colour, "")}});
        }
    }
    const int above = height;
    height += kLine * (static_cast<int>(legend.size()) + 1);
    for (std::size_t i = 0; i < legend.size(); ++i) {
        legend[i]["y"] = 1.0 - static_cast<double>(above + kLine * static_cast<int>(i)) / height;
    }
    return legend;
}

/// Dots over two parameters, or over one with the metric upwards.
Figure dots(const Overview& overview, const Axis& across, const Axis* up, const std::string& title) {
    const std::vector<double> metrics = metrics_of_ranked(overview);
    Figure figure;
    figure.csv = csv_row("trial", "x", across.name, "y", up ? up->name : "", overview.metric_name());
    for (std::size_t i = metrics.size(); i-- > 0;) {  // the best last, on top
        const std::size_t x = across.places[i];
        const std::size_t y = up ? up->places[i] : 0;
        figure.csv += csv_row(overview.ranked[i]->id, across.numbers[x], across.labels[x],
                              up ? up->numbers[y] : metrics[i], up ? up->labels[y] : "", metrics[i]);
    }
    figure.caption = fmt::format("Each dot is one trial; {} is its {} at its best epoch: the {}, the better.",
                                 up ? "its colour" : "its height", overview.metric_name(),
                                 up ? "more it stands out" : "lower");
    Json values = {{"title", gnuplot_text(title)}, {"x_axis", parameter_axis(across, 'x')}};
    if (up) {
        values["y_axis"] = parameter_axis(*up, 'y');
        values["metric_colours"] = metric_colours(metrics, overview.metric_name());
        figure.script = filled("metric_by_two.gnuplot", values);
    } else {
        values["metric"] = overview.metric_name();
        values["metric_axis"] = metric_axis(metrics, measure_of(overview));
        figure.script = filled("metric_by_one.gnuplot", values);
    }
    return figure;
}

}  // namespace

std::optional<Figure> metric_map(const Overview& overview) {
    if (overview.axes.empty()) return std::nullopt;
    const Axis& across = overview.axes.front();
    const Axis* up = overview.axes.size() == 1 ? nullptr : &overview.axes[1];
    const std::string metric = upper_first(overview.metric_name());
    const std::string title =
        up ? fmt::format("{} by {} and {}", metric, shortened(across.name, 40), shortened(up->name, 40))
           : fmt::format("{} for each {}", metric, shortened(across.name, 40));
    const bool cells = up && across.listed && up->listed;
    Figure figure = cells ? heat_map(overview, across, *up, title) : dots(overview, across, up, title);
    figure.name = "metric-map";
    figure.title = title;
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
    figure.csv = csv_row("trial", overview.metric_name(), "best_so_far");
    double best = std::numeric_limits<double>::infinity();
    for (const TrialRecord* trial : trials) {
        best = std::min(best, overview.metric_of(*trial));
        figure.csv += csv_row(trial->id, overview.metric_of(*trial), best);
    }
    figure.script = filled("best_so_far.gnuplot",
                           {{"title", gnuplot_text(figure.title)},
                            {"metric", overview.metric_name()},
                            {"after_last", trials.back()->id + 1},
                            {"metric_axis", metric_axis(metrics_of_ranked(overview), measure_of(overview))}});
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
    figure.csv = csv_row("rank", "trial", "epoch", "validation_loss", "validation_error_percent",
                         "training_loss", "training_error_percent", "kept");
    std::vector<double> losses, errors;
    Json trials = Json::array();
    int epochs = 1;
    for (std::size_t rank = shown; rank-- > 0;) {
        const TrialRecord& trial = *overview.ranked[rank];
        trials.push_back({{"rank", rank + 1}, {"colour", rank_colour(rank, shown)}});
        for (const EpochMetrics& epoch : trial.history) {
            losses.push_back(epoch.validation_loss);
            errors.push_back(100.0 * (1.0 - epoch.validation_accuracy));
            figure.csv +=
                csv_row(rank + 1, trial.id, epoch.epoch, losses.back(), errors.back(), epoch.train_loss,
                        100.0 * (1.0 - epoch.train_accuracy), epoch.epoch == trial.best_epoch ? 1 : 0);
            epochs = std::max(epochs, epoch.epoch);
        }
        figure.csv += '\n';
    }
    figure.height = 640;
    const Json legend = legend_of(overview, shown, figure.height);
    const auto panel = [&](Measure measure, int top, int bottom, const Json& legend_below) -> Json {
        const bool is_loss = measure == Measure::loss;
        const auto from_top = [&](int points) { return 1.0 - static_cast<double>(points) / figure.height; };
        return {{"top", from_top(top)},
                {"bottom", from_top(bottom)},
                {"metric", name_of({Subset::validation, measure})},
                {"metric_axis", metric_axis(is_loss ? losses : errors, measure)},
                {"column", is_loss ? 4 : 5},
                {"legend", legend_below}};
    };
    figure.script = filled("learning_curves.gnuplot",
                           {{"title", gnuplot_text(figure.title)},
                            {"epoch_axis", epoch_axis(epochs)},
                            {"style", curve_style(epochs)},
                            {"trials", trials},
                            {"best_colour", palette_colour(0)},
                            {"panels", Json::array({panel(Measure::loss, 40, 280, Json::array()),
                                                    panel(Measure::error, 325, 565, legend)})}});
    return figure;
}

}  // namespace melvit
