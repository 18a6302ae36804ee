#include "melvit/training/recipe.h"

#include "melvit/core/file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(RecipeTest, StudyIsTheStudysTraining) {
    const Recipe study = load_recipe("study");
    EXPECT_EQ(study.training.head.shape, "study");
    EXPECT_EQ(study.training.head.hidden, 1024);
    EXPECT_EQ(study.training.batch, 100);
    EXPECT_EQ(study.features.tokens, "class");
    EXPECT_EQ(study.training.ensemble, 1);
    EXPECT_FALSE(study.training.standardise);
    EXPECT_TRUE(study.training.fixed_batches);
}

TEST(RecipeTest, AFileGivesBackWhatARecipeHolds) {
    const test::TempFolder folder;
    const auto json = config_to_json(load_recipe("best"));
    write_file(folder / "recipe.json", json.dump());
    write_file(folder / "config.json", nlohmann::ordered_json{{"data", "x"}, {"recipe", json}}.dump());
    for (const char* name : {"recipe.json", "config.json"}) {
        EXPECT_EQ(config_to_json(load_recipe(folder / name)), json) << name;
    }
}

TEST(RecipeTest, AFileNeedsToNameOnlyWhatItChanges) {
    const test::TempFolder folder;
    write_file(folder / "recipe.json", R"({"training": {"lr": 0.5}})");
    const Recipe recipe = load_recipe(folder / "recipe.json");
    EXPECT_EQ(recipe.training.lr, 0.5F);
    EXPECT_EQ(recipe.training.epochs, load_recipe("study").training.epochs);
}

TEST(RecipeTest, RefusesWhatIsNoRecipe) {
    const test::TempFolder folder;
    const auto refusal = [&](const std::string& text) {
        write_file(folder / "recipe.json", text);
        return test::error_of([&] { load_recipe(folder / "recipe.json"); });
    };
    EXPECT_TRUE(test::holds(refusal("{"), "needs to be JSON"));
    EXPECT_TRUE(test::holds(refusal(R"({"training": {"learning": 1}})"), "learning"));
    EXPECT_TRUE(test::holds(refusal(R"({"training": {"epochs": "many"}})"), "epochs"));
    EXPECT_TRUE(test::holds(test::error_of([] { load_recipe("better"); }), "needs to be study, best"));
    EXPECT_TRUE(test::holds(test::error_of([] { load_recipe("gone.json"); }), "gone.json"));
}

}  // namespace
}  // namespace melvit
