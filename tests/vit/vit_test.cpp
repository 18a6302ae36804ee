#include "melvit/vit/vit.h"

#include "melvit/core/safetensors.h"
#include "melvit/vit/body.h"

#include "tests/support/test_files.h"
#include "tests/support/threads.h"
#include "tests/vit/formula.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::formula_image;
using test::formula_parameters;
using test::relative_difference;

// The demand is 1e-4; fp32 against torchvision in double precision stays below 1.3e-5.
constexpr double kTolerance = 2e-5;

Vit formula_vit(const VitConfig& config, const VitExtent& extent, Precision precision = Precision::fp32) {
    return {config, formula_parameters(config), extent, precision};
}

/// What comes out of each block.
std::vector<Matrix> blocks_of(const Vit& vit, const Image& image) {
    std::vector<Matrix> blocks;
    vit(image, [&](int, const nn::Tokens& x) {
        Matrix& block = blocks.emplace_back(x.rows(), x.columns());
        std::copy_n(x.data(), block.size(), block.data());
    });
    return blocks;
}

std::vector<float> final_class_token(const Vit& vit, const Matrix& block) {
    nn::Tokens token(1, block.columns());
    std::ranges::copy(block.row(0), token.data());
    const nn::Operand normed = vit.norm(token);
    return {normed.all().fp32(0).begin(), normed.all().fp32(0).end()};
}

/// Holds each block's kept tokens, and the size of all of them, against the file's.
void expect_blocks(const std::vector<Matrix>& blocks, const SafetensorsFile& file,
                   const std::string& prefix) {
    const Matrix rms = file.matrix(prefix + ".rms");
    ASSERT_EQ(blocks.size(), rms.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const Matrix expected = file.matrix(fmt::format("{}.block{}", prefix, b + 1));
        EXPECT_LT(relative_difference(blocks[b].row(0), expected.row(0)), kTolerance)
            << "class, block " << b + 1;
        EXPECT_LT(relative_difference(blocks[b].row(130), expected.row(1)), kTolerance)
            << "patch, block " << b + 1;
        double squares = 0;
        for (const float value : blocks[b].values())
            squares += static_cast<double>(value) * static_cast<double>(value);
        EXPECT_NEAR(
            std::sqrt(squares / static_cast<double>(blocks[b].size())) / static_cast<double>(rms(0, b)), 1.0,
            kTolerance)
            << "all tokens, block " << b + 1;
    }
}

TEST(GoldenVit, OfOddSizesEqualsTorchvisionInEveryTokenOfEveryBlock) {
    const SafetensorsFile file(test::golden("vit.safetensors"));
    const Vit vit = formula_vit(test::small_config(), {.blocks = 3});

    const std::vector<Matrix> blocks = blocks_of(vit, formula_image(0));

    ASSERT_EQ(blocks.size(), 3U);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        const Matrix expected = file.matrix(fmt::format("small.block{}", b + 1));
        ASSERT_EQ(blocks[b].rows(), 197U);
        EXPECT_LT(relative_difference(blocks[b].values(), expected.values()), kTolerance)
            << "block " << b + 1;
    }
    const Matrix expected = file.matrix("small.class");
    EXPECT_LT(relative_difference(final_class_token(vit, blocks.back()), expected.row(0)), kTolerance);
}

TEST(GoldenVit, OfTheSizeB16EqualsTorchvisionBlockByBlock) {
    const SafetensorsFile file(test::golden("vit.safetensors"));
    const Vit vit = formula_vit(vit_config_of("vit_b_16"), {.blocks = 12});

    const std::vector<Matrix> blocks = blocks_of(vit, formula_image(1));

    expect_blocks(blocks, file, "b16");
    const Matrix expected = file.matrix("b16.class");
    EXPECT_LT(relative_difference(final_class_token(vit, blocks.back()), expected.row(0)), kTolerance);
}

TEST(DataVit, TrainedOnImagenetEqualsTorchvisionOnASpectrogramAndOnAFormula) {
    const std::string weights = "weights/vit_tiny_patch16_224.safetensors";
    MELVIT_NEEDS_SHARED(weights);
    const SafetensorsFile file(test::golden("vit_tiny.safetensors"));
    const Body body = load_body(test::shared(weights));
    const Vit vit(body.config, body.parameters, {.blocks = 12}, Precision::fp32);
    Image real;
    for (const std::byte pixel : file.at("real.pixels").bytes) {
        real.values.push_back(static_cast<float>(std::to_integer<int>(pixel)) / 127.5F - 1.0F);
    }

    for (const auto& [name, image] : {std::pair{"real", real}, std::pair{"formula", formula_image(2)}}) {
        SCOPED_TRACE(name);
        const std::vector<Matrix> blocks = blocks_of(vit, image);
        expect_blocks(blocks, file, name);
        const Matrix expected = file.matrix(std::string(name) + ".class");
        EXPECT_LT(relative_difference(final_class_token(vit, blocks.back()), expected.row(0)), kTolerance);
    }
}

TEST(Vit, ThatNarrowsToTheClassTokenGivesTheSameClassToken) {
    const std::vector<Matrix> whole =
        blocks_of(formula_vit(test::small_config(), {.blocks = 2}), formula_image(0));
    const std::vector<Matrix> narrow = blocks_of(
        formula_vit(test::small_config(), {.blocks = 2, .prefix_tokens_only = true}), formula_image(0));

    EXPECT_EQ(narrow[0], whole[0]);
    ASSERT_EQ(narrow[1].rows(), 1U);
    // Products of one row and of 197 sum in different orders.
    EXPECT_LT(relative_difference(narrow[1].row(0), whole[1].row(0)), 1e-6);
}

TEST(Vit, OnSeveralThreadsGivesTheBitsOfOne) {
    for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8}) {
        const Vit vit =
            formula_vit(test::small_config(), {.blocks = 3, .prefix_tokens_only = true}, precision);
        const auto blocks_on = [&](std::size_t threads) {
            const test::Threads scope(threads);
            return blocks_of(vit, formula_image(0));
        };
        const std::vector<Matrix> expected = blocks_on(1);
        for (const std::size_t threads : {2UL, 5UL})
            EXPECT_EQ(blocks_on(threads), expected) << threads << " threads";
    }
}

}  // namespace
}  // namespace melvit
