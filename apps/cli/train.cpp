#include "melvit/core/text.h"
#include "melvit/dataset/split.h"
#include "melvit/dataset/split_warnings.h"
#include "melvit/training/experiment.h"
#include "melvit/training/run_folder.h"

#include "experiment_flags.h"
#include "shown.h"
#include "subcommands.h"

#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct TrainFlags {
    ExperimentFlags experiment;
    std::string out;
    std::string split;
    bool allow_duplicates = false;
    std::optional<bool> embed_body;
    bool overwrite = false;
};

void print_result(const std::vector<Fold>& folds, const std::vector<std::string>& genres,
                  const Console& console) {
    for (std::size_t i = 0; i < folds.size(); ++i) {
        const EpochMetrics& kept = folds[i].trained.kept();
        const Metrics& test = folds[i].test;
        const std::string name = folds.size() == 1 ? "" : fmt::format("fold {}: ", i + 1);
        console.print(fmt::format(
            "{}epoch {}: validation accuracy {:.3f}, loss {:.3f}; test accuracy {:.3f} (95 % interval {:.3f} "
            "- {:.3f}), "
            "loss {:.3f}, macro F1 {:.3f}",
            name, folds[i].trained.best_epoch, kept.validation_accuracy, kept.validation_loss, test.accuracy,
            test.interval95.first, test.interval95.second, test.loss, test.macro_f1));
    }
    if (folds.size() < 2) return;
    const auto json = result_json(folds, genres);
    console.print(fmt::format("mean of {} folds: test accuracy {:.3f} +- {:.3f}", folds.size(),
                              json.at("mean").at("accuracy").get<double>(),
                              json.at("sd").at("accuracy").get<double>()));
}

int run(const TrainFlags& flags, std::uint64_t seed, const Console& console) {
    const ExperimentConfig config{recipe_of(flags.experiment), flags.split, flags.allow_duplicates, seed};
    check_split_flag(flags.split);
    RunFolder folder(flags.out, flags.overwrite);
    const Catalog catalog = read_catalog(flags.experiment.data);
    check_split(flags.split, catalog);
    const Recipe& recipe = config.recipe;
    const Body body = noted(load_body(flags.experiment.body), recipe.front_end, console);
    const Precision precision = chosen_precision(flags.experiment.precision, body, recipe.features, console);
    const ExtractResult extracted = extract_features(
        catalog, body, extract_job(recipe.front_end, recipe.features, precision), console.context());
    console.note(fmt::format("{} tracks, {} rows of {} features in {}", extracted.table.tracks(),
                             extracted.table.rows.rows(), extracted.table.width(),
                             duration_text(extracted.seconds)));

    // An earlier run in the folder goes only when nothing but training is left to fail.
    const std::vector<Split> splits = make_splits(extracted.table, config.split, config.allow_duplicates);
    const RunInputs inputs{flags.experiment.data, flags.experiment.body, &body,
                           embeds_body(flags.embed_body, flags.experiment.body, body), precision};
    warn(split_warnings(extracted.table, splits), console);
    const Context context = console.context();
    folder.start(config, inputs, context);
    const auto on_epoch = [&](std::size_t fold, const EpochMetrics& epoch) {
        folder.log_epoch(fold, epoch);
        context.report("epochs", static_cast<std::size_t>(epoch.epoch),
                       static_cast<std::size_t>(recipe.training.epochs));
    };
    const auto folds = run_experiment(extracted.table, splits, config, on_epoch, context);
    const auto result = folder.finish(extracted, config, inputs, folds, context);
    for (const auto& note : result.at("notes")) console.note(visible(note.get<std::string>()));
    print_result(folds, extracted.table.genres, console);
    console.print(
        fmt::format("{}: model.safetensors, metrics.jsonl, config.json, result.json", shown(flags.out)));
    console.document(result);
    return console.list_skipped(shown(extracted.skipped));
}

}  // namespace

Subcommand add_train(CLI::App& program, CommonFlags& common) {
    auto flags = std::make_shared<TrainFlags>();
    CLI::App* subcommand = program.add_subcommand("train", "trains one head on the features of a data set");
    add_data_flag(*subcommand, flags->experiment.data);
    add_body_flag(*subcommand, flags->experiment.body);
    subcommand->get_option("--body")->required();
    subcommand->add_option("--out", flags->out, "folder of the run: model, log, settings, result")
        ->required();
    subcommand->add_flag("--overwrite", flags->overwrite, "replaces a finished run in the folder");
    subcommand->add_option(
        "--split", flags->split,
        "random:SEED, stratified:SEED, grouped:SEED, kfold:K:SEED, gtzan-filtered, gtzan-stratified, or a "
        "CSV with the columns file,split; without it the data's own split, else random:0");
    subcommand->add_flag(
        "--allow-duplicates", flags->allow_duplicates,
        "lets files of the same bytes or sound fall into two subsets of the split, as the study did");
    add_embed_flag(*subcommand, flags->embed_body);
    add_precision_flag(*subcommand, flags->experiment.precision);
    add_recipe_flags(*subcommand, flags->experiment, true);
    subcommand->footer(
        "Example: melvit train --data images_original --body vit_b_16 --split random:0 --out run");
    return {
        subcommand,
        [flags, &common](const Console& console) { return run(*flags, common.seed.value_or(0), console); },
        "features that were made are kept in the cache, the head is not"};
}

}  // namespace melvit::cli
