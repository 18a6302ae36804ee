#include "melvit/training/recipe.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"

namespace melvit {
namespace {

Recipe recipe_of_file(const std::filesystem::path& file) {
    const auto json = parse_json(read_text_file(file), file.string());
    const bool is_run_config = json.is_object() && json.contains("recipe");
    return config_from_json<Recipe>(is_run_config ? json.at("recipe") : json, file.string());
}

/// What tools/choose_recipe.py chose on validation data; docs/results.md has the ablation.
Recipe best_recipe() {
    Recipe best;
    best.name = "best";
    // Three windows of a third of the picture, so that the body sees more of the detail.
    best.front_end = PictureFrontEnd{.middle_only = false,
                                     .most_clips = 0,
                                     .crops = "windows",
                                     .crop_count = 3,
                                     .crop_width = 112,
                                     .normalisation = "half"};
    // Middle blocks still know textures; the last ones know ImageNet's classes.
    best.features.blocks = {5};
    best.features.tokens = "time_mean_std";
    best.features.final_norm = false;
    best.training.head = {.hidden = 128, .layers = 1, .shape = "mlp", .dropout = 0.5F};
    best.training.lr = 0.001F;
    best.training.weight_decay = 0.05F;
    best.training.batch = 128;
    best.training.epochs = 25;
    best.training.schedule = "cosine";
    best.training.standardise = true;
    best.training.fixed_batches = false;
    best.training.mixup = 0.4F;
    best.training.ensemble = 5;
    return best;
}

}  // namespace

void check(const Recipe& recipe) {
    check(recipe.front_end);
    check(recipe.features);
    check(recipe.training);
}

Recipe load_recipe(const std::string& spec) {
    if (spec == "study") return {};
    if (spec == "best") return best_recipe();
    if (spec.ends_with(".json")) return recipe_of_file(spec);
    throw Error("--recipe", "needs to be study, best or a .json file", "it is \"" + spec + '"');
}

}  // namespace melvit
