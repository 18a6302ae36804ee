#include "melvit/dataset/extract.h"

#include "melvit/core/file.h"
#include "melvit/core/text.h"
#include "melvit/dataset/feature_table.h"

#include "experiment_flags.h"
#include "shown.h"
#include "subcommands.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct ExtractFlags {
    ExperimentFlags experiment;
    std::string out;
};

int run(const ExtractFlags& flags, const Console& console) {
    const Recipe recipe = recipe_of(flags.experiment);
    check_can_be_written(flags.out);
    if (std::filesystem::exists(flags.out) && !holds_features(flags.out))
        throw Error(flags.out, "needs to be a new file, or features to be replaced", "it is another file");
    const Catalog catalog = read_catalog(flags.experiment.data);
    const Body body = noted(load_body(flags.experiment.body), recipe.front_end, console);
    const Precision precision = chosen_precision(flags.experiment.precision, body, recipe.features, console);
    const ExtractResult result = extract_features(
        catalog, body, extract_job(recipe.front_end, recipe.features, precision), console.context());
    write_feature_table(flags.out, result.table);
    for (const std::string& note : result.notes) console.note(visible(note));
    const double rate = result.seconds > 0 ? static_cast<double>(result.images) / result.seconds : 0.0;
    console.print(fmt::format(
        "{}: {} tracks, {} rows of {} features; {}", shown(flags.out), result.table.tracks(),
        result.table.rows.rows(), result.table.width(),
        result.images == 0 ? fmt::format("all of them from the cache, in {}", duration_text(result.seconds))
                           : fmt::format("{} images through the body in {} ({:.1f} a second)", result.images,
                                         duration_text(result.seconds), rate)));
    console.document({{"tracks", result.table.tracks()},
                      {"features", result.table.width()},
                      {"seconds", result.seconds},
                      {"images_per_second", rate},
                      {"precision", name_of(precision)},
                      {"rows", result.table.rows.rows()},
                      {"cached_tracks", result.cached_tracks},
                      {"skipped", result.skipped},
                      {"notes", result.notes}});
    return console.list_skipped(shown(result.skipped));
}

}  // namespace

Subcommand add_extract(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<ExtractFlags>();
    CLI::App* subcommand =
        program.add_subcommand("extract", "features of every track of a data set, cached and resumable");
    add_data_flag(*subcommand, flags->experiment.data);
    add_body_flag(*subcommand, flags->experiment.body);
    subcommand->get_option("--body")->required();
    subcommand->add_option("--out", flags->out, "the .safetensors file of features")->required();
    add_precision_flag(*subcommand, flags->experiment.precision);
    add_recipe_flags(*subcommand, flags->experiment, false);
    subcommand->footer("Example: melvit extract --data songs --body vit_b_16 --out features.safetensors");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "features that were made are kept in the cache, and the same command goes on"};
}

}  // namespace melvit::cli
