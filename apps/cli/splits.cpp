#include "melvit/core/text.h"
#include "melvit/dataset/catalog_table.h"
#include "melvit/dataset/digests.h"
#include "melvit/report/split_folder.h"
#include "melvit/tracking/run_facts.h"
#include "melvit/training/split_study.h"

#include "experiment_flags.h"
#include "shown.h"
#include "subcommands.h"
#include "usage.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <set>

namespace melvit::cli {
namespace {

struct SplitsFlags {
    ExperimentFlags experiment;
    std::vector<std::string> recipes{"best"};
    std::string out;
    bool resume = false;
    SplitStudyConfig study;
};

/// A recipe and what tables call it.
struct NamedRecipe {
    std::string name;
    Recipe recipe;
};

std::vector<NamedRecipe> named_recipes(const SplitsFlags& flags) {
    std::vector<NamedRecipe> recipes;
    std::set<std::string> names;
    for (const std::string& spec : flags.recipes) {
        ExperimentFlags experiment = flags.experiment;
        experiment.recipe = spec;
        const std::string name = spec.ends_with(".json") ? std::filesystem::path(spec).stem().string() : spec;
        if (!names.insert(name).second) {
            throw UsageError("--recipe", "needs recipes of different names", name + " is there twice");
        }
        recipes.push_back({name, recipe_of(experiment)});
        check(recipes.back().recipe.training);
    }
    return recipes;
}

/// Says before minutes of extraction what planning would say after them. Only files without features are not
/// known yet.
///
/// throws  Error for a protocol that is named and not possible
void check_plan(const Catalog& catalog, const SplitStudyConfig& study) {
    plan_split_study(table_without_features(catalog), study);
}

/// A recipe with its features and its runs to come.
struct Prepared {
    NamedRecipe recipe;
    ExtractResult extracted;
    StudyPlan plan;
};

Prepared prepare(const NamedRecipe& recipe, const SplitsFlags& flags, const SplitFolder& folder,
                 const Catalog& catalog, const Body& body, const Console& console) {
    Prepared prepared{recipe, {}, {}};
    const Precision precision =
        resumed_precision(flags.experiment.precision, folder.begun_identity(recipe.name), shown(flags.out),
                          body, recipe.recipe.features, console);
    prepared.extracted = extract_features(
        catalog, body, extract_job(recipe.recipe.front_end, recipe.recipe.features, precision),
        console.context());
    const FeatureTable& table = prepared.extracted.table;
    console.note(fmt::format("{}: {} tracks, {} rows of {} features in {}", recipe.name, table.tracks(),
                             table.rows.rows(), table.width(), duration_text(prepared.extracted.seconds)));
    prepared.plan = plan_split_study(table, flags.study);
    warn(prepared.plan.warnings, console);
    return prepared;
}

/// What config.json holds that is known before features are made.
nlohmann::ordered_json plan_json(const SplitsFlags& flags, const std::vector<NamedRecipe>& recipes,
                                 const Body& body) {
    nlohmann::ordered_json json = {
        {"format", kSplitsFormat},
        {"data", flags.experiment.data},
        {"body", {{"spec", flags.experiment.body}, {"name", body.name}, {"sha256", body.sha256}}},
        {"protocols", flags.study.protocols},
        {"seed", flags.study.seed},
        {"seeds", flags.study.seeds},
        {"folds", flags.study.folds},
        {"fractions", flags.study.fractions},
        {"allow_duplicates", flags.study.allow_duplicates}};
    for (const NamedRecipe& recipe : recipes) json["recipes"][recipe.name] = config_to_json(recipe.recipe);
    return json;
}

/// What config.json holds.
nlohmann::ordered_json config_json(nlohmann::ordered_json json, const std::vector<Prepared>& recipes,
                                   std::size_t threads) {
    for (const auto& [recipe, extracted, plan] : recipes) {
        json["identity"][recipe.name] = config_to_json(extracted.identity);
        json["data_sha256"][recipe.name] = data_sha256(extracted.table);
        json["runs_sha256"][recipe.name] = plan_sha256(plan);
    }
    json["facts"] = run_facts(threads);
    return json;
}

RecipeRuns run_recipe(const Prepared& prepared, const std::vector<StudyRun>& ended, SplitFolder& folder,
                      const Console& console) {
    const Context context = console.context();
    const NamedRecipe& recipe = prepared.recipe;
    const auto on_run = [&](const StudyRun& run, std::size_t done, std::size_t all) {
        folder.log_run(run);
        context.report("runs", done, all);
    };
    return run_split_study(prepared.extracted.table, prepared.plan, recipe.name, recipe.recipe.training,
                           on_run, ended, context);
}

/// What any recipe's extraction skipped, each file once.
std::vector<Skipped> skipped_of(const std::vector<Prepared>& recipes) {
    std::vector<Skipped> all;
    for (const Prepared& recipe : recipes) {
        for (const Skipped& skipped : recipe.extracted.skipped) {
            const bool known =
                std::ranges::any_of(all, [&](const Skipped& s) { return s.file == skipped.file; });
            if (!known) all.push_back(skipped);
        }
    }
    return all;
}

/// The warnings of all plans, each once.
std::vector<std::string> warnings_of(const std::vector<Prepared>& recipes) {
    std::vector<std::string> all;
    for (const Prepared& recipe : recipes) {
        for (const std::string& warning : recipe.plan.warnings) {
            if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
        }
    }
    return all;
}

double extract_seconds(const std::vector<Prepared>& recipes) {
    double seconds = 0;
    for (const Prepared& recipe : recipes) seconds += recipe.extracted.seconds;
    return seconds;
}

void print_study(const SplitStudy& study, const std::string& out, const Console& console) {
    console.print(table_text(split_table(study)));
    if (const auto curves = learning_curve_table(study); !curves.empty()) {
        console.print("\naccuracy by share of the training set\n" + table_text(curves));
    }
    if (const auto tests = split_tests_table(study); !tests.empty()) {
        console.print("\nsecond recipe less the first\n" + table_text(tests));
    }
    console.print(fmt::format(
        "\n{}: splits.md, splits.csv, splits_runs.csv, splits_tests.csv, figures, splits.json", out));
}

int run(SplitsFlags flags, std::uint64_t seed, const Console& console) {
    flags.study.seed = seed;
    check_flags_with([&] { check(flags.study); });
    const std::vector<NamedRecipe> recipes = named_recipes(flags);
    SplitFolder folder(flags.out, flags.resume);
    const Catalog catalog = read_catalog(flags.experiment.data);
    check_plan(catalog, flags.study);
    const Body body = noted(load_body(flags.experiment.body), console);
    for (const NamedRecipe& recipe : recipes) (void)fitting(body, recipe.recipe.front_end);
    const nlohmann::ordered_json plan = plan_json(flags, recipes, body);
    folder.check_plan(plan);
    std::vector<Prepared> prepared;
    prepared.reserve(recipes.size());
    for (const NamedRecipe& recipe : recipes) {
        prepared.push_back(prepare(recipe, flags, folder, catalog, body, console));
    }
    const std::vector<StudyRun> ended =
        folder.start(config_json(plan, prepared, console.context().pool.threads()));
    std::vector<RecipeRuns> runs;
    std::vector<std::string> notes;
    for (const Prepared& recipe : prepared) {
        runs.push_back(run_recipe(recipe, ended, folder, console));
        notes.insert(notes.end(), recipe.extracted.notes.begin(), recipe.extracted.notes.end());
        notes.insert(notes.end(), recipe.plan.notes.begin(), recipe.plan.notes.end());
    }
    const std::vector<Skipped> skipped = skipped_of(prepared);
    const SplitStudy study = study_of(std::move(runs), std::move(notes));
    const auto result = folder.finish(study,
                                      {{"skipped", skipped},
                                       {"extract_seconds", extract_seconds(prepared)},
                                       {"warnings", warnings_of(prepared)}},
                                      console.context());
    for (const auto& note : result.at("notes")) console.note(visible(note.get<std::string>()));
    print_study(study, flags.out, console);
    console.document(result);
    return console.list_skipped(shown(skipped));
}

}  // namespace

Subcommand add_splits(CLI::App& program, CommonFlags& common) {
    auto flags = std::make_shared<SplitsFlags>();
    CLI::App* subcommand =
        program.add_subcommand("splits", "how the choice of the split changes the measured accuracy");
    add_data_flag(*subcommand, flags->experiment.data);
    add_body_flag(*subcommand, flags->experiment.body);
    subcommand->get_option("--body")->required();
    subcommand->add_option("--out", flags->out, "folder of the study: tables, figures, page")->required();
    subcommand->add_flag("--resume", flags->resume,
                         "goes on with the study in the folder: the missing and the failed runs");
    std::vector<std::string> names;
    for (const SplitProtocol& protocol : split_protocols()) names.emplace_back(protocol.name);
    subcommand
        ->add_option("--protocols", flags->study.protocols,
                     "some of " + joined(names) + ", with commas; all that the data allows without it")
        ->delimiter(',');
    subcommand->add_option("--seeds", flags->study.seeds, "runs of each protocol, from --seed on")
        ->check(whole_number(1, 1000));
    subcommand->add_option("--folds", flags->study.folds, "folds of kfold")->check(whole_number(3, 1000));
    subcommand
        ->add_option("--fractions", flags->study.fractions,
                     "shares of the training set for the learning curves, with commas; 1 for no curves")
        ->delimiter(',');
    subcommand->add_flag(
        "--allow-duplicates", flags->study.allow_duplicates,
        "lets files of the same bytes or sound fall into two subsets of a split, as the study did");
    add_precision_flag(*subcommand, flags->experiment.precision);
    add_recipe_flags(*subcommand, flags->experiment, true);
    // Recipes are compared here, so that there may be several.
    subcommand->remove_option(subcommand->get_option("--recipe"));
    subcommand
        ->add_option(
            "--recipe", flags->recipes,
            "study, best, or a JSON file; several, with commas or the flag again, are compared; the flags "
            "below change them all")
        ->delimiter(',');
    subcommand->footer(
        "Example: melvit splits --data images_original --body vit_b_16 --recipe study,best --out splits");
    return {
        subcommand,
        [flags, &common](const Console& console) { return run(*flags, common.seed.value_or(0), console); },
        "what was finished is kept, and the same command with --resume goes on"};
}

}  // namespace melvit::cli
