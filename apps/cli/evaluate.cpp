#include "melvit/classifier/model.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/catalog_table.h"
#include "melvit/dataset/split.h"
#include "melvit/training/experiment.h"
#include "melvit/training/trained_split.h"

#include "experiment_flags.h"
#include "shown.h"
#include "subcommands.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>

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

/// Some tracks, where they come from, and what a person should know of that.
struct Chosen {
    std::vector<std::size_t> tracks;
    std::string split;  ///< empty: all tracks
    std::vector<std::string> notes;
};

Chosen all_tracks(const FeatureTable& table) {
    std::vector<std::size_t> all(table.tracks());
    for (std::size_t t = 0; t < all.size(); ++t) all[t] = t;
    return {all, "", {}};
}

/// One subset of a split; the test set unless --part names another.
Chosen subset_of(const Split& split, const std::string& part, const std::string& name) {
    if (part == "train") return {split.train, name, split.notes};
    if (part == "validation") return {split.validation, name, split.notes};
    return {split.test, name, split.notes};
}

/// A subset of the split that --split names.
Chosen named_subset(const EvaluateFlags& flags, const std::optional<TrainedSplit>& trained,
                    const FeatureTable& table) {
    const Split split = make_splits(table, flags.split, flags.allow_duplicates).front();
    Chosen chosen = subset_of(split, flags.part, flags.split);
    const bool is_trainings =
        trained && trained->spec == flags.split && trained->allow_duplicates == flags.allow_duplicates;
    if (is_trainings && subsets_of_training(*trained, table)) return chosen;
    chosen.notes.push_back(
        trained
            ? fmt::format("the model was trained with another split, {}: training tracks may be among these",
                          is_trainings ? "of other tracks" : split_text(trained->spec, table))
            : "the model does not say what it was trained on: training tracks may be among these");
    return chosen;
}

Error part_of_no_split(const EvaluateFlags& flags) {
    return {"--part", "needs --split beside it for data that the model's split does not divide",
            fmt::format("it is {} alone", flags.part)};
}

/// Refuses before features what chosen_tracks would refuse after them, where that can be known.
void check_part(const EvaluateFlags& flags, const Model& model, const Catalog& catalog,
                const Context& context) {
    const bool needs_a_split = !flags.part.empty() && flags.part != "all" && flags.split.empty();
    if (!needs_a_split || has_own_split(table_without_features(catalog))) return;
    const std::optional<TrainedSplit> trained = read_trained_split(model.facts);
    if (!trained || surely_says_nothing(*trained, catalog, context)) throw part_of_no_split(flags);
}

/// The tracks that the flags choose. Without --split those of the split that the model was trained with, so
/// that nothing it has seen is measured unasked; where that split says nothing about this data, the data's
/// own column when --part asks for it, else all.
Chosen chosen_tracks(const EvaluateFlags& flags, const Model& model, const FeatureTable& table) {
    if (flags.part == "all") return all_tracks(table);
    const std::optional<TrainedSplit> trained = read_trained_split(model.facts);
    if (!flags.split.empty()) return named_subset(flags, trained, table);
    const std::string subset = flags.part.empty() ? "test" : flags.part;
    if (const auto split = trained ? subsets_of_training(*trained, table) : std::nullopt) {
        Chosen chosen = subset_of(*split, subset, split_text(trained->spec, table));
        chosen.notes.push_back(fmt::format("measured on the {} set of the model's split, {}",
                                           subset == "train" ? "training" : subset, chosen.split));
        return chosen;
    }
    if (!flags.part.empty()) {
        if (!has_own_split(table)) throw part_of_no_split(flags);
        return subset_of(make_splits(table, "", false).front(), subset, split_text("", table));
    }
    Chosen chosen = all_tracks(table);
    chosen.notes.push_back(
        "measured on all tracks, since the model's split does not divide them: training tracks may be among "
        "these");
    return chosen;
}

/// Where each genre of the data stands among the model's.
///
/// throws  Error when the data has a genre that the model does not know
std::vector<std::size_t> places_in(const Model& model, const std::vector<std::string>& genres) {
    std::vector<std::size_t> places;
    for (const std::string& genre : genres) {
        const auto find = [&](auto&& form) { return std::ranges::find(model.genres, form(genre), form); };
        const auto found = find(normal_form);
        if (found == model.genres.end()) {
            const auto alike = find(folded_name);
            throw Error("genre " + genre, "needs to be one that the model knows",
                        alike == model.genres.end()
                            ? "it was trained without"
                            : fmt::format("it knows \"{}\", which differs in case or blanks", *alike));
        }
        places.push_back(static_cast<std::size_t>(found - model.genres.begin()));
    }
    return places;
}

/// How many genres have tracks. Where the data lack some of the model's, the macro F1 becomes the mean over
/// those that they have: a genre without tracks has no recall.
///
/// source  f1_score(labels=those present, average="macro") of sklearn.metrics
std::size_t keep_to_genres_of_the_data(Metrics& metrics) {
    double sum = 0;
    std::size_t present = 0;
    for (const GenreMetrics& genre : metrics.genres) {
        if (genre.tracks == 0) continue;
        sum += genre.f1;
        ++present;
    }
    if (present < metrics.genres.size()) metrics.macro_f1 = sum / static_cast<double>(present);
    return present;
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
    nlohmann::ordered_json json = metrics_json(metrics, genres);
    json["tracks"] = metrics.tracks;
    json["calibration_error"] = metrics.calibration_error;
    return json;
}

int run(const EvaluateFlags& flags, const Console& console) {
    check_single_split_flag(flags.split);
    const Model model = read_model(flags.model);
    const Body body = noted(body_of(model, flags.body), model.front_end, console);
    const Catalog catalog = read_catalog(flags.data, 1);
    if (!flags.split.empty()) check_split(flags.split, catalog);
    check_part(flags, model, catalog, console.context());
    const std::vector<std::size_t> places = places_in(model, catalog.genres);
    const Precision precision = chosen_precision(flags.precision, body, model.features, console);
    ExtractResult extracted = extract_features(
        catalog, body, extract_job(model.front_end, model.features, precision), console.context());
    const Chosen chosen = chosen_tracks(flags, model, extracted.table);
    std::vector<std::string> notes = extracted.notes;
    notes.insert(notes.end(), chosen.notes.begin(), chosen.notes.end());
    for (std::size_t& label : extracted.table.labels) label = places[label];
    extracted.table.genres = model.genres;
    Metrics metrics = measure(model.heads, extracted.table, chosen.tracks, console.context());
    const std::size_t present = keep_to_genres_of_the_data(metrics);
    if (present < model.genres.size()) {
        notes.push_back(
            fmt::format("the tracks measured are of {} of the model's {} genres; macro F1 is the "
                        "mean over these",
                        present, model.genres.size()));
    }
    for (const std::string& note : notes) console.note(visible(note));
    print_metrics(metrics, model.genres, console);
    auto json = full_json(metrics, model.genres);
    json["macro_f1_genres"] = present;
    json["split"] = chosen.split;
    json["skipped"] = extracted.skipped;
    json["notes"] = notes;
    console.document(json);
    return console.list_skipped(shown(extracted.skipped));
}

}  // namespace

Subcommand add_evaluate(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<EvaluateFlags>();
    CLI::App* subcommand = program.add_subcommand("evaluate", "metrics of a model on data");
    subcommand->add_option("--model", flags->model, "a model.safetensors of melvit train")->required();
    add_data_flag(*subcommand, flags->data);
    add_body_flag(*subcommand, flags->body);
    add_precision_flag(*subcommand, flags->precision);
    subcommand->add_option("--split", flags->split,
                           "as in melvit train; without it the split that the model was trained with");
    subcommand
        ->add_option("--part", flags->part,
                     "which subset of the split; test without it, or all of the data where the model's split "
                     "does not divide it")
        ->check(one_of({"train", "validation", "test", "all"}));
    subcommand->add_flag("--allow-duplicates", flags->allow_duplicates, "of --split, as in melvit train");
    subcommand->footer("Example: melvit evaluate --model run/model.safetensors --data songs");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "features that were made are kept in the cache"};
}

}  // namespace melvit::cli
