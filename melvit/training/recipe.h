#pragma once

#include "melvit/core/config.h"
#include "melvit/core/export.h"
#include "melvit/spectrum/preprocess.h"
#include "melvit/training/trainer.h"
#include "melvit/vit/feature_extractor.h"

#include <string>
#include <tuple>

namespace melvit {

/// All settings of an experiment but its data, body, split and seed. The defaults are the study's.
struct Recipe {
    std::string name = "study";
    FrontEnd front_end;
    FeatureConfig features;
    TrainConfig training;

    static constexpr auto fields() {
        return std::tuple{Field{"name", &Recipe::name, "the recipe it started from"},
                          Field{"front_end", &Recipe::front_end, "from file to images"},
                          Field{"features", &Recipe::features, "from images to features"},
                          Field{"training", &Recipe::training, "from features to a head"}};
    }
};

/// What can be said of a recipe without data and body.
///
/// throws  Error that names the first setting that nothing can be made with
MELVIT_API void check(const Recipe& recipe);

/// The recipe that `--recipe` names.
///
/// spec    "study", "best", or a .json file (a run's config.json holds one under "recipe")
/// throws  Error for anything else
MELVIT_API Recipe load_recipe(const std::string& spec);

}  // namespace melvit
