#include "melvit/classifier/model.h"
#include "melvit/dataset/split.h"
#include "melvit/training/experiment.h"

#include "experiment_flags.h"
#include "verbs.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct EvaluateFlags {
    std::string model;
    std::string data;
    std::string body;
    std::string precision = "auto";
    std::string split;
    std::string part;
    bool allow_duplicates = false;
};

/// Some tracks, and what a person should know of the split behind them.
struct Chosen {
    std::vector<std::size_t> tracks;
    std::vector<std::string> notes;
};

/// The tracks that the flags choose: a side of the split (the test side unless --part names another), or all.
Chosen chosen_tracks(const EvaluateFlags& flags, const FeatureTable& table) {
    if (flags.part == "all" || (flags.split.empty() && flags.part.empty())) {
        std::vector<std::size_t> all(table.tracks());
        for (std::size_t t = 0; t < all.size(); ++t) all[t] = t;
        return {all, {}};
    }
    const Split split = make_splits(table, flags.split, flags.allow_duplicates).front();
    if (flags.part == "train") return {split.train, split.notes};
    if (flags.part == "validation") return {split.validation, split.notes};
    return {split.test, split.notes};
}

/// Where each genre of the data stands among the model's.
///
/// throws  Error when the data has a genre that the model does not know
std::vector<std::size_t> places_in(const Model& model, const std::vector<std::string>& genres) {
    std::vector<std::size_t> places;
    for (const std::string& genre : genres) {
        const auto found = std::find(model.genres.begin(), model.genres.end(), genre);
        if (found == model.genres.end()) {
            throw Error("genre " + genre, "needs to be one that the model knows", "it was trained without");
        }
        places.push_back(static_cast<std::size_t>(found - model.genres.begin()));
    }
    return places;
}

void print_metrics(const Metrics& metrics, const std::vector<std::string>& genres, const Console& console) {
    console.print(fmt::format(
        "{} tracks: accuracy {:.3f} (95 % interval {:.3f} - {:.3f}), loss {:.3f}, macro F1 {:.3f}, "
        "calibration error {:.3f}",
        metrics.tracks, metrics.accuracy, metrics.interval95.first, metrics.interval95.second, metrics.loss,
        metrics.macro_f1, metrics.calibration_error));
    std::vector<std::vector<std::string>> rows = {{"genre", "precision", "recall", "F1", "tracks"}};
    for (std::size_t g = 0; g < genres.size(); ++g) {
        const GenreMetrics& genre = metrics.genres[g];
        rows.push_back({genres[g], fmt::format("{:.2f}", genre.precision),
                        fmt::format("{:.2f}", genre.recall), fmt::format("{:.2f}", genre.f1),
                        fmt::format("{}", genre.tracks)});
    }
    console.print(table_text(rows));
}

nlohmann::ordered_json full_json(const Metrics& metrics, const std::vector<std::string>& genres) {
    nlohmann::ordered_json json = metrics_json(metrics);
    json["tracks"] = metrics.tracks;
    json["calibration_error"] = metrics.calibration_error;
    json["genres"] = genres_json(metrics, genres);
    return json;
}

int run(const EvaluateFlags& flags, const Console& console) {
    if (check_split(flags.split) != 1) throw Error("--split", "needs one split", "kfold makes several");
    const Model model = read_model(flags.model);
    const Body body = body_of(model, flags.body);
    const Catalog catalog = read_catalog(flags.data);
    const std::vector<std::size_t> places = places_in(model, catalog.genres);
    const Precision precision = chosen_precision(flags.precision, body, model.features, console);
    ExtractResult extracted =
        extract_features(catalog, body, extract_job(model.front_end, model.features, precision, console));
    const Chosen chosen = chosen_tracks(flags, extracted.table);
    std::vector<std::string> notes = extracted.notes;
    notes.insert(notes.end(), chosen.notes.begin(), chosen.notes.end());
    for (const std::string& note : notes) console.note(note);
    for (std::size_t& label : extracted.table.labels) label = places[label];
    extracted.table.genres = model.genres;
    const Metrics metrics = measure(model.heads, extracted.table, chosen.tracks);
    print_metrics(metrics, model.genres, console);
    auto json = full_json(metrics, model.genres);
    json["skipped"] = extracted.skipped;
    json["notes"] = notes;
    console.document(json);
    return console.list_skipped(extracted.skipped);
}

}  // namespace

Verb add_evaluate(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<EvaluateFlags>();
    CLI::App* verb = program.add_subcommand("evaluate", "metrics of a model on data");
    verb->add_option("--model", flags->model, "a model.safetensors of melvit train")->required();
    add_data_flag(*verb, flags->data);
    add_body_flag(*verb, flags->body);
    add_precision_flag(*verb, flags->precision);
    verb->add_option("--split", flags->split, "as in melvit train");
    verb->add_option("--part", flags->part,
                     "which side of the split; without --split and --part all of the data is measured")
        ->check(CLI::IsMember({"train", "validation", "test", "all"}));
    verb->add_flag("--allow-duplicates", flags->allow_duplicates, "as in melvit train");
    verb->footer(
        "Example: melvit evaluate --model run/model.safetensors --data songs --split random:0 --part test");
    return {verb, [flags](const Console& console) { return run(*flags, console); }};
}

}  // namespace melvit::cli
