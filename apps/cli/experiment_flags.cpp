#include "experiment_flags.h"

#include "melvit/core/text.h"
#include "melvit/dataset/identity.h"
#include "melvit/dataset/split.h"
#include "melvit/vit/precision_choice.h"

#include "usage.h"

#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {

void add_data_flag(CLI::App& subcommand, std::string& data) {
    subcommand
        .add_option("--data", data,
                    "a folder of genre folders that hold songs or pictures, or a CSV with the columns "
                    "file,genre[,split][,artist]")
        ->required();
}

void add_body_flag(CLI::App& subcommand, std::string& body) {
    auto* option =
        subcommand.add_option("--body", body,
                              "a .safetensors or .pth file, the .index.json of one in parts, a fetched "
                              "name (vit_b_16), or random:vit_ti_16[:SEED]");
    const auto key = std::make_shared<std::string>();
    subcommand
        .add_option("--body-key", *key, "which of several ViTs in the body's file (teacher, model_ema)")
        ->needs(option);
    // The key becomes a part of the spec, so that a model finds its body again.
    subcommand.parse_complete_callback([&body, key] {
        if (body.empty()) return;
        body = body_spec(body, *key);
        check_flags_with([&body] { check_body_spec(body); }, "--body");
    });
}

Body noted(Body body, const Console& console) {
    for (const std::string& note : body.notes) console.note(visible(note));
    return body;
}

Body noted(Body body, const FrontEnd& front_end, const Console& console) {
    (void)fitting(body, front_end);
    return noted(std::move(body), console);
}

void warn(const std::vector<std::string>& warnings, const Console& console) {
    for (const std::string& warning : warnings) console.note("warning: " + visible(warning));
}

void add_embed_flag(CLI::App& subcommand, std::optional<bool>& embed) {
    subcommand.add_flag_function(
        "--embed-body,!--no-embed-body", [&embed](std::int64_t count) { embed = count > 0; },
        "puts the body into the model's file, or leaves it out; without them one of up to 64 MB goes in");
}

bool embeds_body(const std::optional<bool>& flag, const std::string& spec, const Body& body) {
    // A random body is made again from its name.
    if (flag || spec.starts_with("random:")) return flag.value_or(false);
    constexpr std::size_t kMostBytes = 64'000'000;  // ViT-Ti has 22 million bytes, ViT-S 87, ViT-B 343
    std::size_t bytes = 0;
    for (const TensorToWrite& tensor : body_tensors(body.parameters)) bytes += tensor.bytes.size();
    return bytes <= kMostBytes;
}

void add_precision_flag(CLI::App& subcommand, std::string& precision) {
    subcommand
        .add_option("--precision", precision,
                    "arithmetic of the body: fp32, bf16, int8, or auto: the fastest that this processor has "
                    "products for and that keeps the features within a tolerance of fp32's")
        ->check(one_of({"auto", "fp32", "bf16", "int8"}));
}

Precision chosen_precision(const std::string& flag, const Body& body, const FeatureConfig& features,
                           const Console& console) {
    if (flag != "auto") return precision_of(flag);
    const PrecisionChoice choice = choose_precision(body, features);
    // fp32 is what everybody expects; another choice changes the last digits of the numbers.
    if (choice.precision != Precision::fp32)
        console.note(fmt::format("precision {}: {}", name_of(choice.precision), choice.reason));
    return choice.precision;
}

Precision resumed_precision(const std::string& flag, const std::optional<NumericIdentity>& begun,
                            const std::string& folder, const Body& body, const FeatureConfig& features,
                            const Console& console) {
    if (!begun) return chosen_precision(flag, body, features, console);
    const Precision precision = precision_of(flag == "auto" ? begun->precision : flag);
    check_same_identity(*begun, numeric_identity(precision), folder);
    if (flag == "auto")
        console.note(fmt::format("precision {}: {} was begun with it", begun->precision, folder));
    return precision;
}

void add_recipe_flags(CLI::App& subcommand, ExperimentFlags& flags, bool with_training) {
    const Recipe best = load_recipe("best");
    const Recipe study = load_recipe("study");
    subcommand.add_option("--recipe", flags.recipe,
                          "study, best, or a JSON file; it decides what the flags below leave out");
    if (with_training) flags.training.add_flags(subcommand, kTrainingFlags, best.training, study.training);
    flags.features.add_flags(subcommand, "Recipe: features", best.features, study.features);
    flags.front_end.add_flags(subcommand, "Recipe: front end", std::get<PictureFrontEnd>(best.front_end),
                              std::get<PictureFrontEnd>(study.front_end));
}

Recipe recipe_of(const ExperimentFlags& flags) {
    Recipe recipe;
    const bool is_file = flags.recipe.ends_with(".json");
    if (is_file) {
        recipe = load_recipe(flags.recipe);
        check(recipe);  // before the flags, whose mistakes are not the file's
    } else {
        check_flags_with([&] { recipe = load_recipe(flags.recipe); });
    }
    flags.front_end.apply_to(std::get<PictureFrontEnd>(recipe.front_end));
    flags.features.apply_to(recipe.features);
    flags.training.apply_to(recipe.training);
    check_flags_with([&] { check(recipe); });
    return recipe;
}

std::size_t check_split_flag(const std::string& split) {
    std::error_code ignored;
    const bool is_file = split.ends_with(".csv") || std::filesystem::is_regular_file(split, ignored);
    if (is_file) return check_split(split);
    std::size_t folds = 0;
    check_flags_with([&] { folds = check_split(split); }, "--split");
    return folds;
}

void check_single_split_flag(const std::string& split) {
    if (check_split_flag(split) != 1) throw UsageError("--split", "needs one split", "kfold makes several");
}

ExtractJob extract_job(const FrontEnd& front_end, const FeatureConfig& features, Precision precision) {
    return {.front_end = front_end,
            .features = features,
            .precision = precision,
            .cache_folder = default_cache_folder()};
}

}  // namespace melvit::cli
