#include "melvit/report/split_figures.h"

#include "melvit/report/plot_parts.h"
#include "melvit/report/template.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<int, 6> kPointTypes = {7, 5, 9, 11, 13, 6};

/// The protocols that any recipe ran, in the order of reports.
std::vector<std::string> protocols_of(const SplitStudy& study, bool with_curve) {
    std::vector<std::string> names;
    for (const SplitProtocol& protocol : split_protocols()) {
        const bool ran = std::ranges::any_of(study.summaries, [&](const SplitSummary& s) {
            return s.runs > 0 && s.protocol == protocol.name && (!with_curve || s.fraction != 1.0);
        });
        if (ran) names.emplace_back(protocol.name);
    }
    return names;
}

std::size_t place_in(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

/// The interval of an accuracy; that of a single run has no width.
std::pair<double, double> drawn_interval(const Estimate& accuracy) {
    if (std::isfinite(accuracy.interval95.first)) return accuracy.interval95;
    return {accuracy.mean, accuracy.mean};
}

std::string protocol_csv(const SplitStudy& study, const std::vector<std::string>& protocols) {
    std::string csv = csv_row("recipe", "split", "kind", "place", "accuracy", "low95", "high95");
    const auto recipes = static_cast<double>(study.recipes.size());
    for (std::size_t r = 0; r < study.recipes.size(); ++r) {
        const std::string& recipe = study.recipes[r].recipe;
        // Recipes stand side by side within a row of the figure.
        const double shift = 0.6 * ((static_cast<double>(r) + 0.5) / recipes - 0.5);
        const auto place = [&](const std::string& protocol) {
            return static_cast<double>(place_in(protocols, protocol)) + shift;
        };
        for (const SplitSummary& s : study.summaries) {
            if (s.recipe != recipe || s.fraction != 1.0 || s.runs == 0) continue;
            const auto [low, high] = drawn_interval(s.test_accuracy);
            csv += csv_row(recipe, s.protocol, "mean", place(s.protocol), s.test_accuracy.mean, low, high);
        }
        for (const StudyRun& run : study.recipes[r].runs) {
            if (run.fraction != 1.0 || !run.error.empty()) continue;
            csv += csv_row(recipe, run.protocol, "run", place(run.protocol), run.test_accuracy, "", "");
        }
    }
    return csv;
}

std::string protocol_script(const SplitStudy& study, const std::vector<std::string>& protocols) {
    Json recipes = Json::array();
    for (std::size_t r = 0; r < study.recipes.size(); ++r) {
        recipes.push_back({{"name", gnuplot_text(study.recipes[r].recipe)}, {"colour", line_colour(r)}});
    }
    return filled("accuracy_by_split.gnuplot", {{"last", protocols.size() - 1},
                                                {"tics", tics_at_places(protocols, protocols.size())},
                                                {"recipes", recipes}});
}

Figure protocol_figure(const SplitStudy& study) {
    const std::vector<std::string> protocols = protocols_of(study, false);
    Figure figure;
    figure.name = "accuracy-by-split";
    figure.title = "Accuracy by split";
    figure.caption =
        "Test accuracy under each split: the mean with the 95 % interval of the mean (Student's t over runs, "
        "wider where redrawn splits share tracks) and the single runs as rings.";
    figure.csv = protocol_csv(study, protocols);
    figure.script = protocol_script(study, protocols);
    figure.height = 180 + 44 * static_cast<int>(protocols.size());
    return figure;
}

/// One line of the learning curves.
struct Curve {
    std::size_t recipe;
    std::string protocol;
};

std::string curve_csv(const SplitStudy& study, const std::vector<Curve>& curves) {
    std::string csv = csv_row("line", "recipe", "split", "fraction", "train", "accuracy", "low95", "high95");
    for (std::size_t line = 0; line < curves.size(); ++line) {
        const std::string& recipe = study.recipes[curves[line].recipe].recipe;
        if (line > 0) csv += '\n';
        for (const SplitSummary& s : study.summaries) {
            if (s.recipe != recipe || s.protocol != curves[line].protocol || s.runs == 0) continue;
            const auto [low, high] = drawn_interval(s.test_accuracy);
            csv += csv_row(line, recipe, s.protocol, s.fraction, s.train, s.test_accuracy.mean, low, high);
        }
    }
    return csv;
}

std::string curve_script(const SplitStudy& study, const std::vector<Curve>& curves,
                         const std::vector<std::string>& protocols) {
    Json lines = Json::array();
    for (std::size_t line = 0; line < curves.size(); ++line) {
        const std::size_t place = place_in(protocols, curves[line].protocol);
        const std::string title = study.recipes[curves[line].recipe].recipe + ", " + curves[line].protocol;
        lines.push_back({{"line", line},
                         {"colour", line_colour(curves[line].recipe)},
                         {"dash", place + 1},
                         {"point", kPointTypes[place % kPointTypes.size()]},
                         {"title", gnuplot_text(title)}});
    }
    return filled("accuracy_by_size.gnuplot", {{"curves", lines}});
}

Figure curve_figure(const SplitStudy& study, const std::vector<std::string>& protocols) {
    std::vector<Curve> curves;
    for (std::size_t recipe = 0; recipe < study.recipes.size(); ++recipe) {
        for (const std::string& protocol : protocols) curves.push_back({recipe, protocol});
    }
    Figure figure;
    figure.name = "learning-curves";
    figure.title = "Learning curves";
    figure.caption =
        "Test accuracy over the number of tracks to train on; validation and test set stay. Bars: the 95 % "
        "interval of "
        "the mean over runs.";
    figure.csv = curve_csv(study, curves);
    figure.script = curve_script(study, curves, protocols);
    figure.height += 12 * static_cast<int>(curves.size());  // two of the legend in a line
    return figure;
}

}  // namespace

std::vector<Figure> split_figures(const SplitStudy& study) {
    std::vector<Figure> figures;
    if (protocols_of(study, false).empty()) return figures;  // no run has figures
    figures.push_back(protocol_figure(study));
    const std::vector<std::string> curves = protocols_of(study, true);
    if (!curves.empty()) figures.push_back(curve_figure(study, curves));
    return figures;
}

}  // namespace melvit
