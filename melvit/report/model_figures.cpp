#include "melvit/report/model_figures.h"

#include "melvit/report/plot_parts.h"
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
    figure.csv = "truth,prediction,row,column,tracks\n";
    double most = 1;
    for (std::size_t t = 0; t < confusion.size(); ++t) {
        for (std::size_t p = 0; p < std::min(genres.size(), confusion[t].size()); ++p) {
            const double tracks = number_in(confusion[t][p], {});
            most = std::max(most, tracks);
            figure.csv += fmt::format("{},{},{},{},{}\n", csv_cell(genres[t]), csv_cell(genres[p]), t, p,
                                      csv_cell(tracks));
        }
    }
    const std::size_t last = genres.size() - 1;
    figure.width = static_cast<int>(std::clamp<std::size_t>(220 + 48 * genres.size(), 560, 1400));
    figure.height = static_cast<int>(std::clamp<std::size_t>(190 + 40 * genres.size(), 380, 1200));
    const std::string tics = tics_at_places(genres, 60);
    figure.script = fmt::format(
        "set title {}\nunset grid\nunset colorbox\nset tics scale 0\nset xlabel 'called'\nset ylabel 'is'\n"
        "set xrange [-0.5:{}.5]\nset yrange [{}.5:-0.5]\nset xtics {} {}\nset ytics {}\n"
        "set palette defined (0 '#ffffff', 1 '#0072b2')\nset cbrange [0:{}]\nset style fill solid 1 border "
        "rgb '#e4e4e4'\n"
        "plot csv using 4:3:(0.5):(0.5):5 with boxxyerror fillcolor palette notitle, \\\n"
        "  csv using 4:3:($5 > 0 ? sprintf('%d', $5) : ''):($5 > {} ? 0xffffff : 0x333333) with labels "
        "textcolor rgb "
        "variable notitle",
        gnuplot_text(figure.title), last, last, turned_labels(genres), tics, tics, most,
        short_number(0.6 * most));
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
    figure.csv = "genre,place,precision,recall,f1,tracks\n";
    std::vector<std::string> names;
    for (const auto& item : genres.items()) {
        const Json& genre = item.value();
        figure.csv +=
            fmt::format("{},{},{},{},{},{}\n", csv_cell(item.key()), names.size(),
                        csv_cell(number_in(genre, {"precision"})), csv_cell(number_in(genre, {"recall"})),
                        csv_cell(number_in(genre, {"f1"})), csv_cell(number_in(genre, {"tracks"})));
        names.push_back(item.key());
    }
    figure.height = static_cast<int>(std::clamp<std::size_t>(140 + 54 * names.size(), 300, 1400));
    figure.script = fmt::format(
        "set title {}\nset xrange [0:1]\nset xlabel 'share'\nset yrange [{}.6:-0.6]\nset grid noytics\n"
        "set ytics scale 0 {}\nset key outside bottom center horizontal Left reverse samplen 1\n"
        "set style fill solid 1 noborder\n"
        "plot csv using ($3/2):($2-0.27):($3/2):(0.125) with boxxyerror linecolor rgb '{}' title "
        "'precision', \\\n"
        "  csv using ($4/2):2:($4/2):(0.125) with boxxyerror linecolor rgb '{}' title 'recall', \\\n"
        "  csv using ($5/2):($2+0.27):($5/2):(0.125) with boxxyerror linecolor rgb '{}' title 'F1'",
        gnuplot_text(figure.title), names.size() - 1, tics_at_places(names, 60), line_colour(0),
        line_colour(4), line_colour(2));
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
    figure.csv = "confidence,accuracy,tracks,low,high\n";
    for (const Json& bin : bins) {
        const double tracks = number_in(bin, {"tracks"});
        const double accuracy = number_in(bin, {"accuracy"});
        if (!(tracks > 0) || !std::isfinite(accuracy)) continue;
        const auto right = static_cast<std::size_t>(std::lround(std::clamp(accuracy, 0.0, 1.0) * tracks));
        const auto interval = wilson_interval(right, static_cast<std::size_t>(tracks));
        figure.csv +=
            fmt::format("{},{},{},{},{}\n", csv_cell(number_in(bin, {"confidence"})), csv_cell(accuracy),
                        csv_cell(tracks), csv_cell(interval.first), csv_cell(interval.second));
    }
    if (figure.csv.find('\n') + 1 == figure.csv.size()) return std::nullopt;  // no bin has tracks
    figure.width = 640;
    figure.height = 640;
    figure.script = fmt::format(
        "set multiplot\nset title {}\nset xrange [0:1]\nset yrange [0:1]\nset lmargin at screen 0.13\nset "
        "rmargin at screen "
        "0.95\nset tmargin at screen 0.92\nset bmargin at screen 0.36\nset ylabel 'accuracy'\nset format x "
        "''\n"
        "set arrow 1 from 0,0 to 1,1 nohead linewidth 1 linecolor rgb '#999999'\n"
        "plot csv using 1:2:4:5 with yerrorbars pointtype 7 pointsize 0.8 linecolor rgb '{}' notitle\n"
        "unset arrow 1\nunset title\nset format x '%g'\nset tmargin at screen 0.3\nset bmargin at screen "
        "0.1\nset yrange "
        "[0:*]\n"
        "set ylabel 'tracks'\nset xlabel 'confidence: probability of the genre that was called'\n"
        "set style fill solid 1 noborder\nset boxwidth 0.03\n"
        "plot csv using 1:3 with boxes linecolor rgb '#7b8794' notitle\nunset multiplot",
        gnuplot_text(figure.title), line_colour(0));
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
