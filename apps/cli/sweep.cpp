#include "melvit/sweep/sweep.h"

#include "melvit/core/text.h"
#include "melvit/dataset/split.h"
#include "melvit/dataset/split_warnings.h"
#include "melvit/search/parameter_text.h"
#include "melvit/sweep/sweep_folder.h"
#include "melvit/sweep/sweep_results.h"
#include "melvit/sweep/trial_settings.h"
#include "melvit/tracking/setting_name.h"

#include "experiment_flags.h"
#include "shown.h"
#include "subcommands.h"
#include "usage.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTableRows = 10;

struct SweepFlags {
    ExperimentFlags experiment;
    std::string file;
    std::string out;
    std::string split;
    std::size_t jobs = 0;  ///< 0 = as many as threads
    bool resume = false;
    bool allow_duplicates = false;
    std::optional<bool> embed_body;
};

/// The recipe that the trials start from: the sweep file's, where it names one.
Recipe recipe_of(const SweepFlags& flags, const SweepFile& file, bool recipe_is_given) {
    ExperimentFlags experiment = flags.experiment;
    const std::optional<std::string> named = recipe_of(file);
    if (named && recipe_is_given && *named != experiment.recipe) {
        throw UsageError("--recipe",
                         fmt::format("needs to be {}, as {} says, or left out", *named, flags.file),
                         "it is " + experiment.recipe);
    }
    if (named) experiment.recipe = *named;
    return recipe_of(experiment);
}

/// A flag that the sweep file overrules would change nothing.
void check_flags(const CLI::App& subcommand, const SweepFile& file) {
    for (const CLI::Option* option : subcommand.get_options()) {
        if (option->get_group() != kTrainingFlags || option->count() == 0) continue;
        const std::string flag = option->get_lnames().front();
        const std::string setting = setting_name(flag);
        const bool is_set = std::ranges::any_of(file.parameters, [&](const Parameter& parameter) {
            return setting_name(parameter.name) == setting;
        });
        if (is_set || setting == "select") {
            throw UsageError("--" + flag, "needs to be left out",
                             is_set ? "the sweep file sets it" : "the sweep's metric says it");
        }
    }
}

/// The parameters that differ between trials.
std::vector<std::string> varied_parameters(const SweepFile& file) {
    std::vector<std::string> names;
    for (const Parameter& parameter : file.parameters) {
        if (parameter.distribution.kind != DistributionKind::constant) names.push_back(parameter.name);
    }
    return names;
}

/// Those of one trial.
Json varied_values(const Json& parameters, const SweepFile& file) {
    Json varied = Json::object();
    for (const std::string& name : varied_parameters(file)) varied[name] = parameters.value(name, Json());
    return varied;
}

void report(const SweepProgress& progress, const SweepFile& file, const Console& console,
            const Context& context) {
    const TrialRecord& trial = *progress.trial;
    if (trial.status == TrialStatus::failed) {
        console.note(fmt::format("trial {} failed: {}", trial.id, trial.error));
    } else if (progress.is_best) {
        console.note(
            fmt::format("best so far: trial {} ({}), epoch {}, validation accuracy {:.3f}, loss {:.3f}",
                        trial.id, parameters_text(varied_values(trial.parameters, file)), trial.best_epoch,
                        trial.validation_accuracy, trial.validation_loss));
    }
    context.report("trials", progress.ended, progress.trials);
}

void print_best(const SweepRecord& record, const SweepFile& file, const Console& console) {
    const std::vector<std::string> names = varied_parameters(file);
    std::vector<std::vector<std::string>> rows = {{"trial"}};
    rows[0].insert(rows[0].end(), names.begin(), names.end());
    rows[0].insert(rows[0].end(), {"epoch", "accuracy", "loss"});
    const auto trials = ranked(record);
    for (std::size_t i = 0; i < std::min(kTableRows, trials.size()); ++i) {
        const TrialRecord& trial = *trials[i];
        std::vector<std::string> row = {fmt::format("{}", trial.id)};
        for (const std::string& name : names) row.push_back(value_text(trial.parameters.at(name)));
        row.push_back(fmt::format("{}", trial.best_epoch));
        row.push_back(fmt::format("{:.3f}", trial.validation_accuracy));
        row.push_back(fmt::format("{:.3f}", trial.validation_loss));
        rows.push_back(std::move(row));
    }
    console.print("The best by validation:\n" + table_text(rows));
    const auto& best = record.result.at("best");
    if (best.is_null()) return;
    const auto& test = best.at("test");
    console.print(
        fmt::format("trial {}, tested once: accuracy {:.3f} (95 % interval {:.3f} - {:.3f}), loss {:.3f}, "
                    "macro F1 {:.3f}",
                    best.at("id").get<std::size_t>(), test.at("accuracy").get<double>(),
                    test.at("interval95")[0].get<double>(), test.at("interval95")[1].get<double>(),
                    test.at("loss").get<double>(), test.at("macro_f1").get<double>()));
}

int run(const SweepFlags& flags, const CLI::App& subcommand, std::uint64_t seed, const Console& console) {
    SweepConfig config;
    config.file = read_sweep_file(flags.file);
    check_flags(subcommand, config.file);
    const bool recipe_is_given = subcommand.get_option("--recipe")->count() > 0;
    if (config.file.name.empty()) config.file.name = std::filesystem::path(flags.file).stem().string();
    config.experiment = {recipe_of(flags, config.file, recipe_is_given), flags.split, flags.allow_duplicates,
                         seed};
    config.folder = flags.out;
    const Context context = console.context();
    const std::size_t threads = context.pool.threads();
    config.jobs = flags.jobs == 0 ? threads : std::min(flags.jobs, threads);
    config.resume = flags.resume;
    for (const std::string& notice : config.file.notices) console.note(notice);
    check_sweep(config.file, config.experiment.recipe.training);
    check_single_split_flag(flags.split);

    const Catalog catalog = read_catalog(flags.experiment.data);
    check_split(flags.split, catalog);
    const Recipe& recipe = config.experiment.recipe;
    const Body body = noted(load_body(flags.experiment.body), recipe.front_end, console);
    const std::optional<NumericIdentity> begun = flags.resume ? begun_identity(flags.out) : std::nullopt;
    const Precision precision = resumed_precision(flags.experiment.precision, begun, shown(flags.out), body,
                                                  recipe.features, console);
    const RunInputs inputs{flags.experiment.data, flags.experiment.body, &body,
                           embeds_body(flags.embed_body, flags.experiment.body, body), precision};
    check_sweep_can_run(config, inputs);
    const ExtractResult extracted = extract_features(
        catalog, body, extract_job(recipe.front_end, recipe.features, precision), console.context());
    for (const std::string& note : extracted.notes) console.note(visible(note));
    const std::vector<Split> splits = make_splits(extracted.table, flags.split, flags.allow_duplicates);
    warn(split_warnings(extracted.table, splits), console);
    const auto on_trial = [&](const SweepProgress& progress) {
        report(progress, config.file, console, context);
    };
    const SweepRecord record = run_sweep(config, inputs, extracted, splits.front(), on_trial, context);

    print_best(record, config.file, console);
    console.print(
        fmt::format("{} trials in {} (features {}); {}: best/model.safetensors, trials.csv, "
                    "trials/, Train_Validation.txt, Test.txt",
                    record.trials.size(), duration_text(record.result.at("seconds").get<double>()),
                    duration_text(record.result.at("extract_seconds").get<double>()), flags.out));
    console.document(record.result);
    return console.list_skipped(shown(extracted.skipped));
}

}  // namespace

Subcommand add_sweep(CLI::App& program, CommonFlags& common) {
    auto flags = std::make_shared<SweepFlags>();
    CLI::App* subcommand = program.add_subcommand("sweep", "trains a head for each point of a sweep file");
    subcommand
        ->add_option("file", flags->file,
                     "YAML as Weights & Biases sweeps have it; configs/ holds the study's")
        ->required();
    add_data_flag(*subcommand, flags->experiment.data);
    add_body_flag(*subcommand, flags->experiment.body);
    subcommand->get_option("--body")->required();
    subcommand->add_option("--out", flags->out, "folder of the sweep: trials, logs, best model, result")
        ->required();
    subcommand
        ->add_option("--jobs", flags->jobs,
                     "trials at the same time, each on one thread; as many as --threads")
        ->check(whole_number(1, 1024))
        ->default_str("as --threads");
    subcommand->add_flag("--resume", flags->resume,
                         "goes on with the sweep in the folder: the missing and the failed trials");
    subcommand->add_option("--split", flags->split, "as in melvit train, but no kfold");
    subcommand->add_flag("--allow-duplicates", flags->allow_duplicates, "as in melvit train");
    add_embed_flag(*subcommand, flags->embed_body);
    add_precision_flag(*subcommand, flags->experiment.precision);
    add_recipe_flags(*subcommand, flags->experiment, true);
    subcommand->footer(
        "Example: melvit sweep configs/study_sweep2.yaml --data images_original --body vit_b_16 --out "
        "sweep2");
    return {subcommand,
            [flags, subcommand, &common](const Console& console) {
                return run(*flags, *subcommand, common.seed.value_or(0), console);
            },
            "what was finished is kept, and the same command with --resume goes on"};
}

}  // namespace melvit::cli
