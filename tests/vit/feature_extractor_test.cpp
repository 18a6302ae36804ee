#include "melvit/vit/feature_extractor.h"

#include "melvit/core/error.h"
#include "melvit/core/safetensors.h"

#include "tests/support/test_files.h"
#include "tests/support/threads.h"
#include "tests/vit/formula.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::formula_image;

Body small_body() {
    return test::formula_body("small", test::small_config());
}

Matrix features_of(const FeatureConfig& config, const std::vector<Image>& images) {
    return make_feature_extractor(small_body(), config)->extract(images);
}

std::string error_of(const auto& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(GoldenFeatureExtractor, GivesTorchsMeanAndDeviationOverTimeOfTwoBlocks) {
    const SafetensorsFile file(test::golden("vit.safetensors"));
    const Matrix expected = file.matrix("small.time_mean_std.blocks2and3");

    const Matrix features = features_of({.blocks = {2, 3}, .tokens = "time_mean_std"}, {formula_image(0)});

    // [blocks][mean, deviation][14 frequencies][40 numbers]
    ASSERT_EQ(features.columns(), 2U * 2 * 14 * 40);
    EXPECT_LT(test::relative_difference(features.row(0), expected.row(0)), 1e-5);
}

TEST(GoldenFeatureExtractor, GivesTheClassTokenOfTheLastBlockByDefault) {
    const SafetensorsFile file(test::golden("vit.safetensors"));

    const Matrix features = features_of({}, {formula_image(0)});

    EXPECT_LT(test::relative_difference(features.row(0), file.matrix("small.class").row(0)), 1e-5);
}

TEST(GoldenFeatureExtractor, GivesTokensAsTheyComeOutOfABlockWithoutTheFinalNorm) {
    const SafetensorsFile file(test::golden("vit.safetensors"));

    const Matrix features = features_of({.blocks = {3, 1}, .final_norm = false}, {formula_image(0)});

    ASSERT_EQ(features.columns(), 80U);
    const std::span<const float> row = features.row(0);
    EXPECT_LT(test::relative_difference(row.first(40), file.matrix("small.block3").row(0)), 1e-5);
    EXPECT_LT(test::relative_difference(row.last(40), file.matrix("small.block1").row(0)), 1e-5);
}

TEST(FeatureExtractor, GivesMeansAloneAsTheFirstHalfOfMeansAndDeviations) {
    const std::vector<Image> images{formula_image(3)};
    const Matrix means = features_of({.tokens = "time_mean", .final_norm = false}, images);
    const Matrix both = features_of({.tokens = "time_mean_std", .final_norm = false}, images);

    ASSERT_EQ(means.columns() * 2, both.columns());
    EXPECT_TRUE(std::ranges::equal(means.row(0), both.row(0).first(means.columns())));
}

TEST(FeatureExtractor, GivesARowThatDependsOnItsImageAloneToTheLastBit) {
    std::vector<Image> images;
    for (std::uint32_t i = 0; i < 5; ++i) images.push_back(formula_image(i));
    for (const char* tokens : {"class", "time_mean_std"}) {
        const auto extractor = make_feature_extractor(small_body(), {.blocks = {1, 3}, .tokens = tokens});
        const auto features_on = [&](std::size_t threads) {
            const test::Threads scope(threads);
            return extractor->extract(images);
        };
        const Matrix one_thread = features_on(1);
        EXPECT_EQ(one_thread, features_on(3));
        for (std::size_t i = 0; i < images.size(); ++i) {
            const Matrix alone = extractor->extract({&images[i], 1});
            EXPECT_TRUE(std::ranges::equal(alone.row(0), one_thread.row(i))) << "image " << i;
        }
    }
}

TEST(FeatureExtractor, ComputesNoBlockAboveTheHighestOneThatIsNeeded) {
    Body body = small_body();
    for (float& value : body.parameters["blocks.2.mlp.fc2.bias"].values())
        value = std::numeric_limits<float>::quiet_NaN();

    EXPECT_NO_THROW(make_feature_extractor(body, {.blocks = {2, 1}})->extract({{formula_image(0)}}));
    EXPECT_THROW(make_feature_extractor(body, {})->extract({{formula_image(0)}}), Error);
}

TEST(FeatureExtractor, NamesTheBodyWhoseWeightsGiveNoFiniteFeatures) {
    Body body = small_body();
    body.parameters["blocks.1.attn.qkv.weight"](0, 0) = std::numeric_limits<float>::infinity();
    for (const char* tokens : {"class", "time_mean", "time_mean_std"}) {
        const auto extractor = make_feature_extractor(body, {.tokens = tokens});
        const std::string message = error_of([&] { extractor->extract({{formula_image(0)}}); });
        EXPECT_EQ(message.substr(0, 61), "small: needs weights that give finite features, image 1 gives")
            << tokens;
    }
}

TEST(FeatureExtractor, RefusesSettingsThatTheBodyDoesNotHave) {
    const auto making = [](const FeatureConfig& config) {
        return error_of([&] { make_feature_extractor(small_body(), config); });
    };
    EXPECT_EQ(making({.blocks = {1, 4}}),
              "blocks: needs different numbers from 1 to 3, the blocks of small, it holds 4");
    EXPECT_EQ(making({.blocks = {2, 3, 2}}),
              "blocks: needs different numbers from 1 to 3, the blocks of small, it holds 2 twice");
    EXPECT_EQ(making({.blocks = {0}}),
              "blocks: needs different numbers from 1 to 3, the blocks of small, it holds 0");
    EXPECT_EQ(making({.tokens = "all"}), "tokens: needs class, time_mean or time_mean_std, it is \"all\"");
}

TEST(FeatureExtractor, TakesNoClassTokenOfABodyWithoutOne) {
    VitConfig config = test::small_config();
    config.prefix_tokens = 0;
    const Body body = test::formula_body("tokenless", config);
    EXPECT_EQ(
        error_of([&] { make_feature_extractor(body, {}); }),
        "tokens: needs time_mean or time_mean_std for a body without a class token, it is \"class\" for "
        "tokenless");
    EXPECT_EQ(make_feature_extractor(body, {.tokens = "time_mean"})->width(), 14U * 40);
}

TEST(FeatureExtractor, RefusesAnImageOfAnotherSize) {
    const auto extractor = make_feature_extractor(small_body(), {});
    Image image = formula_image(0);
    image.values.pop_back();
    EXPECT_EQ(error_of([&] {
                  extractor->extract({&image, 1});
              }),
              "image: needs 150528 values (3 x 224 x 224), it has 150527 (3 x 224 x 224)");
    image = formula_image(0, {1, 672, 224});  // as many values
    EXPECT_THROW(extractor->extract({&image, 1}), Error);
}

TEST(FeatureExtractor, OfNoImagesGivesNoRows) {
    const Matrix features = features_of({}, {});
    EXPECT_EQ(features.rows(), 0U);
    EXPECT_EQ(features.columns(), 40U);
}

}  // namespace
}  // namespace melvit
