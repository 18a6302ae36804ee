#include "experiment_flags.h"

#include "melvit/core/text.h"
#include "melvit/dataset/identity.h"
#include "melvit/vit/precision_choice.h"

#include <fmt/format.h>
#include <memory>

namespace melvit::cli {

void add_data_flag(CLI::App& verb, std::string& data) {
    verb.add_option("--data", data,
                    "a folder of genre folders that hold songs or pictures, or a CSV with the columns "
                    "file,genre[,split][,artist]")
        ->required();
}

void add_body_flag(CLI::App& verb, std::string& body) {
    auto* option = verb.add_option("--body", body,
                                   "a .safetensors or .pth file, the .index.json of one in parts, a fetched "
                                   "name (vit_b_16), or random:vit_ti_16[:SEED]");
    const auto key = std::make_shared<std::string>();
    verb.add_option("--body-key", *key, "which of several ViTs in the body's file (teacher, model_ema)")
        ->needs(option);
    // The key becomes a part of the spec, so that a model finds its body again.
    verb.parse_complete_callback([&body, key] { body = body_spec(body, *key); });
}

Body noted(Body body, const Console& console) {
    for (const std::string& note : body.notes) console.note(visible(note));
    return body;
}

void warn(const std::vector<std::string>& warnings, const Console& console) {
    for (const std::string& warning : warnings) console.note("warning: " + visible(warning));
}

void add_precision_flag(CLI::App& verb, std::string& precision) {
    verb.add_option("--precision", precision,
                    "arithmetic of the body: fp32, bf16, int8, or auto: the fastest that this processor has "
                    "products for and that keeps the features within a tolerance of fp32's")
        ->check(CLI::IsMember({"auto", "fp32", "bf16", "int8"}));
}

Precision chosen_precision(const std::string& flag, const Body& body, const FeatureConfig& features,
                           const Console& console) {
    if (flag != "auto") return precision_of(flag);
    const PrecisionChoice choice = choose_precision(body, features);
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

void add_recipe_flags(CLI::App& verb, ExperimentFlags& flags, bool with_training) {
    verb.add_option("--recipe", flags.recipe, "study, best, or a JSON file; the flags below change it");
    if (with_training) flags.training.add_flags(verb, kTrainingFlags);
    flags.features.add_flags(verb, "Recipe: features");
    flags.front_end.add_flags(verb, "Recipe: front end");
}

Recipe recipe_of(const ExperimentFlags& flags) {
    Recipe recipe = load_recipe(flags.recipe);
    flags.front_end.apply_to(recipe.front_end);
    flags.features.apply_to(recipe.features);
    flags.training.apply_to(recipe.training);
    return recipe;
}

ExtractJob extract_job(const FrontEnd& front_end, const FeatureConfig& features, Precision precision,
                       const Console& console) {
    return {.front_end = front_end,
            .features = features,
            .precision = precision,
            .cache_folder = default_cache_folder(),
            .progress = console.progress()};
}

}  // namespace melvit::cli
