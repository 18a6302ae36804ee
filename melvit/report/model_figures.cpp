#include "melvit/report/model_figures.h"

#include "melvit/report/plot_parts.h"
#include "melvit/report/template.h"
#include "melvit/search/parameter_text.h"
#include "melvit/training/metrics.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> texts_of(const Json& list) {
    std::vector<std::string> texts;
    for (const Json& item : list) texts.push_back(value_text(item));
    return texts;
}

std::optional<Figure> confusion_figure(const Json& confusion, std::vector<std::string> genres) {
    if (!confusion.is_array() || confusion.empty()) return std::nullopt;
    while (genres.size() < confusion.size()) genres.push_back(fmt::format("genre {}", genres.size() + 1));
    genres.resize(confusion.size());
    Figure figure;
    figure.name = "confusion";
    figure.title = "Confusion matrix of the chosen model";
    figure.caption =
        "How many test tracks of each genre (rows) were called what (columns); the diagonal is right.";
    figure.csv = csv_row("truth", "prediction", "row", "column", "tracks");
    double most = 1;
    for (std::size_t t = 0; t < confusion.size(); ++t) {
        for (std::size_t p = 0; p < std::min(genres.size(), confusion[t].size()); ++p) {
            const double tracks = number_in(confusion[t][p], {});
            most = std::max(most, tracks);
            figure.csv += csv_row(genres[t], genres[p], t, p, tracks);
        }
    }
    figure.width = static_cast<int>(std::clamp<std::size_t>(220 + 48 * genres.size(), 560, 1400));
    figure.height = static_cast<int>(std::clamp<std::size_t>(190 + 40 * genres.size(), 380, 1200));
    figure.script = filled("confusion.gnuplot", {{"title", gnuplot_text(figure.title)},
                                                 {"last", genres.size() - 1},
                                                 {"rotation", label_rotation(genres)},
                                                 {"tics", tics_at_places(genres, 60)},
                                                 {"most", most},
                                                 {"dark", short_number(0.6 * most)}});
    return figure;
}

std::optional<Figure> genre_figure(const Json& genres) {
    if (!genres.is_object() || genres.empty()) return std::nullopt;
    Figure figure;
    figure.name = "genres";
    figure.title = "Precision, recall and F1 of each genre";
    figure.caption =
        "Of the tracks called a genre, the share that is (precision); of the tracks of a genre, the share "
        "that was called so "
        "(recall); their harmonic mean (F1). Test tracks, the chosen model.";
    figure.csv = csv_row("genre", "place", "precision", "recall", "f1", "tracks");
    std::vector<std::string> names;
    for (const auto& item : genres.items()) {
        const Json& genre = item.value();
        figure.csv +=
            csv_row(item.key(), names.size(), number_in(genre, {"precision"}), number_in(genre, {"recall"}),
                    number_in(genre, {"f1"}), number_in(genre, {"tracks"}));
        names.push_back(item.key());
    }
    figure.height = static_cast<int>(std::clamp<std::size_t>(140 + 54 * names.size(), 300, 1400));
    figure.script = filled("genres.gnuplot", {{"title", gnuplot_text(figure.title)},
                                              {"last", names.size() - 1},
                                              {"tics", tics_at_places(names, 60)}});
    return figure;
}

std::optional<Figure> reliability_figure(const Json& bins) {
    if (!bins.is_array() || bins.empty()) return std::nullopt;
    Figure figure;
    figure.name = "reliability";
    figure.title = "Reliability of the chosen model's probabilities";
    figure.caption =
        "Above: of the test tracks that the model was so sure of, the share it got right, with 95 % "
        "intervals; on "
        "the grey line its confidence can be taken at its word, below it the model is too sure of itself. "
        "Below: how many tracks had that confidence.";
    figure.csv = csv_row("confidence", "accuracy", "tracks", "low", "high");
    for (const Json& bin : bins) {
        const double tracks = number_in(bin, {"tracks"});
        const double accuracy = number_in(bin, {"accuracy"});
        if (!(tracks > 0) || !std::isfinite(accuracy)) continue;
        const auto right = static_cast<std::size_t>(std::lround(std::clamp(accuracy, 0.0, 1.0) * tracks));
        const auto interval = wilson_interval(right, static_cast<std::size_t>(tracks));
        figure.csv +=
            csv_row(number_in(bin, {"confidence"}), accuracy, tracks, interval.first, interval.second);
    }
    if (figure.csv.find('\n') + 1 == figure.csv.size()) return std::nullopt;  // no bin has tracks
    figure.width = 640;
    figure.height = 640;
    figure.script = filled("reliability.gnuplot", {{"title", gnuplot_text(figure.title)}});
    return figure;
}

}  // namespace

std::vector<Figure> model_figures(const SweepRecord& record) {
    const Json test = find_in(record.result, {"best", "test"});
    std::vector<Figure> figures;
    const auto add = [&](std::optional<Figure> figure) {
        if (figure) figures.push_back(std::move(*figure));
    };
    add(confusion_figure(find_in(test, {"confusion"}), texts_of(find_in(record.sweep, {"genres"}))));
    add(genre_figure(find_in(test, {"genres"})));
    add(reliability_figure(find_in(test, {"reliability"})));
    return figures;
}

Json find_in(const Json& json, const std::vector<std::string>& path) {
    const Json* at = &json;
    for (const std::string& key : path) {
        if (!at->is_object() || !at->contains(key)) return {};
        at = &at->at(key);
    }
    return *at;
}

double number_in(const Json& json, const std::vector<std::string>& path) {
    const Json found = find_in(json, path);
    return found.is_number() ? found.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace melvit
