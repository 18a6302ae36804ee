#include "melvit/core/error.h"
#include "melvit/core/safetensors.h"
#include "melvit/vit/precision_choice.h"

#include "tests/support/test_files.h"
#include "tests/support/threads.h"
#include "tests/vit/formula.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::formula_image;

Body body_of_formula() {
    return test::formula_body("small", test::small_config());
}

const std::vector<Precision> kPlain{};
const std::vector<Precision> kWithBf16{Precision::bf16};
const std::vector<Precision> kWithBoth{Precision::int8, Precision::bf16};

TEST(GoldenPrecision, FeaturesOfEveryPrecisionStayWithinItsToleranceOfTorchvisions) {
    const SafetensorsFile file(test::golden("vit.safetensors"));
    const Body body = test::formula_body("b16", vit_config_of("vit_b_16"));
    const Matrix expected = file.matrix("b16.class");
    const Image image = formula_image(1);
    for (const Precision precision : kPrecisions) {
        const Matrix features = make_feature_extractor(body, {}, precision)->extract({&image, 1});
        EXPECT_GE(cosine_of(features.row(0), expected.row(0)), least_cosine(precision)) << name_of(precision);
    }
}

TEST(DataPrecision, FeaturesOfATrainedBodyStayWithinTheToleranceOfTorchvisions) {
    const std::string weights = "weights/vit_tiny_patch16_224.safetensors";
    MELVIT_NEEDS_SHARED(weights);
    const SafetensorsFile file(test::golden("vit_tiny.safetensors"));
    const Body body = load_body(test::shared(weights));
    Image real;
    for (const std::byte pixel : file.at("real.pixels").bytes) {
        real.values.push_back(static_cast<float>(std::to_integer<int>(pixel)) / 127.5F - 1.0F);
    }
    const Matrix expected = file.matrix("real.class");
    for (const Precision precision : kPrecisions) {
        const Matrix features = make_feature_extractor(body, {}, precision)->extract({&real, 1});
        EXPECT_GE(cosine_of(features.row(0), expected.row(0)), least_cosine(precision)) << name_of(precision);
    }
}

TEST(Precision, GivesTheSameBitsForAnyBatchAndAnyThreads) {
    std::vector<Image> images;
    for (std::uint32_t i = 0; i < 5; ++i) images.push_back(formula_image(i));
    for (const Precision precision : kPrecisions) {
        const auto extractor = make_feature_extractor(body_of_formula(), {}, precision);
        Matrix expected;
        for (const std::size_t threads : {1UL, 2UL, 3UL, 8UL}) {
            const test::Threads scope(threads);
            if (threads == 1) expected = extractor->extract(images);
            EXPECT_EQ(extractor->extract(images), expected) << name_of(precision) << ", " << threads;
            EXPECT_TRUE(std::ranges::equal(extractor->extract({&images[3], 1}).row(0), expected.row(3)))
                << name_of(precision) << ", " << threads;
        }
    }
}

TEST(Precision, HasThreeNamesAndNoOthers) {
    for (const Precision precision : kPrecisions) {
        EXPECT_EQ(precision_of(std::string(name_of(precision))), precision);
    }
    try {
        precision_of("fp16");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "precision: needs fp32, bf16 or int8, it is \"fp16\"");
    }
}

TEST(PrecisionChoice, TakesTheFastestThatTheProcessorHasProductsFor) {
    const Body body = body_of_formula();
    EXPECT_EQ(choose_precision(body, {}, kPlain).precision, Precision::fp32);
    EXPECT_EQ(choose_precision(body, {}, kWithBf16).precision, Precision::bf16);
    const PrecisionChoice choice = choose_precision(body, {}, kWithBoth);
    EXPECT_EQ(choice.precision, Precision::int8);
    EXPECT_TRUE(choice.reason.starts_with("int8 features have a cosine of 0.99")) << choice.reason;
}

TEST(PrecisionChoice, PassesOverAPrecisionThatDoesNotKeepTheFeatures) {
    Body body = body_of_formula();
    // A huge weight on an input that is always 0 changes nothing but leaves no codes for the others.
    for (int block = 0; block < body.config.depth; ++block) {
        for (const char* norm : {"norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"})
            body.parameters[block_parameter(block, norm)](0, 0) = 0.0F;
        for (const char* name : {"attn.qkv.weight", "mlp.fc1.weight"}) {
            const MatrixView weight = body.parameters[block_parameter(block, name)];
            for (std::size_t o = 0; o < weight.rows(); ++o) weight(o, 0) = 3000.0F;
        }
    }
    const PrecisionChoice choice = choose_precision(body, {}, kWithBoth);
    EXPECT_EQ(choice.precision, Precision::bf16) << choice.reason;
    const std::vector<Precision> kWithInt8{Precision::int8};
    const PrecisionChoice last = choose_precision(body, {}, kWithInt8);
    EXPECT_EQ(last.precision, Precision::fp32);
    EXPECT_TRUE(last.reason.starts_with("fp32 it is: int8 features have a cosine of")) << last.reason;
}

TEST(PrecisionChoice, FeaturesOfZerosAloneKeepNoPrecision) {
    Body body = body_of_formula();
    for (const char* name : {"norm.weight", "norm.bias"})
        std::ranges::fill(body.parameters[name].values(), 0.0F);
    const PrecisionChoice choice = choose_precision(body, {}, kWithBoth);
    EXPECT_EQ(choice.precision, Precision::fp32) << choice.reason;
    const auto extractor = make_feature_extractor(body, {}, Precision::int8);
    EXPECT_THROW(check_precision(body, {}, *extractor, Precision::int8), Error);
}

TEST(PrecisionChoice, PassesOverAPrecisionWhoseFeaturesAreNotFinite) {
    Body body = body_of_formula();
    // Inputs whose range is no float, and of which the weights take nothing.
    for (int block = 0; block < body.config.depth; ++block) {
        const MatrixView qkv = body.parameters[block_parameter(block, "attn.qkv.weight")];
        for (const std::size_t column : {0UL, 1UL}) {
            body.parameters[block_parameter(block, "norm1.weight")](0, column) = 0.0F;
            body.parameters[block_parameter(block, "norm1.bias")](0, column) = column == 0 ? 2e38F : -2e38F;
            for (std::size_t o = 0; o < qkv.rows(); ++o) qkv(o, column) = 0.0F;
        }
    }
    const Image image = formula_image(1);
    EXPECT_THROW(make_feature_extractor(body, {}, Precision::int8)->extract({&image, 1}), Error);
    const PrecisionChoice choice = choose_precision(body, {}, kWithBoth);
    EXPECT_EQ(choice.precision, Precision::bf16) << choice.reason;
    const std::vector<Precision> kWithInt8{Precision::int8};
    const PrecisionChoice last = choose_precision(body, {}, kWithInt8);
    EXPECT_EQ(last.precision, Precision::fp32);
    EXPECT_TRUE(last.reason.starts_with("fp32 it is: int8 fails: needs weights that give finite features"))
        << last.reason;
}

TEST(PrecisionCheck, RefusesFeaturesThatAreTooFarOff) {
    const Body body = body_of_formula();
    Body other = body;
    other.parameters["blocks.0.attn.qkv.weight"](0, 0) += 30.0F;
    const auto extractor = make_feature_extractor(other, {}, Precision::fp32);
    EXPECT_THROW(check_precision(body, {}, *extractor, Precision::fp32), Error);
    EXPECT_GE(check_precision(body, {}, *make_feature_extractor(body, {}, Precision::int8), Precision::int8),
              0.99);
}

}  // namespace
}  // namespace melvit
