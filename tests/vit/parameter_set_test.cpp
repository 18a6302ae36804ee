#include "melvit/vit/parameter_set.h"

#include "melvit/core/error.h"
#include "melvit/vit/vit.h"
#include "melvit/vit/vit_parameters.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/vit/formula.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

using test::error_of;
using test::formula_parameters;
using test::small_config;

TEST(ParameterSet, HasOneBufferThatItsViewsChange) {
    ParameterSet set(vit_parameters(small_config()));
    EXPECT_TRUE(std::ranges::all_of(set.values(), [](float value) { return value == 0.0F; }));
    set["patch_embed.proj.weight"](0, 1) = 3.0F;
    set["norm.bias"](0, 39) = 5.0F;
    EXPECT_EQ(set.values()[1], 3.0F);
    EXPECT_EQ(set.values().back(), 5.0F);
    const ParameterSet copy = set;
    set["norm.bias"](0, 39) = 6.0F;
    EXPECT_EQ(copy["norm.bias"](0, 39), 5.0F);
    EXPECT_EQ(&copy.table(), &set.table());
}

TEST(ParameterSet, NamesWhatItDoesNotHold) {
    const ParameterSet set(vit_parameters(small_config()));
    EXPECT_TRUE(test::holds(error_of([&] { (void)set["dist_token"]; }), "need one called dist_token"));
    EXPECT_TRUE(ParameterSet().values().empty());
}

TEST(VitParameters, HaveTimmsNamesAndShapesAndLieOneAfterTheOther) {
    const auto table = vit_parameters(small_config());
    const auto shape_of = [&](const char* name) { return table->at(name).shape; };
    using Sizes = std::vector<std::size_t>;
    EXPECT_EQ(shape_of("patch_embed.proj.weight"), (Sizes{40, 3, 16, 16}));
    EXPECT_EQ(shape_of("cls_token"), (Sizes{1, 1, 40}));
    EXPECT_EQ(shape_of("pos_embed"), (Sizes{1, 197, 40}));
    EXPECT_EQ(shape_of("blocks.2.attn.qkv.weight"), (Sizes{120, 40}));
    EXPECT_EQ(shape_of("blocks.0.mlp.fc1.bias"), (Sizes{100}));
    EXPECT_EQ(table->at("patch_embed.proj.weight").rows(), 40U);
    EXPECT_EQ(table->at("patch_embed.proj.weight").columns(), 768U);
    EXPECT_EQ(table->at("pos_embed").rows(), 197U);
    EXPECT_EQ(table->at("norm.weight").rows(), 1U);
    std::size_t offset = 0;
    for (const ParameterSpec& spec : table->specs()) {
        EXPECT_EQ(spec.offset, offset) << spec.name;
        offset += spec.size();
    }
    EXPECT_EQ(table->size(), offset);
    EXPECT_EQ(vit_parameters(vit_config_of("vit_b_16"))->size(), 85798656U);  // timm's, without a classifier
}

TEST(VitParameters, SayWhichDecayAndToWhichLayerTheyBelong) {
    const auto table = vit_parameters(small_config());
    for (const ParameterSpec& spec : table->specs()) {
        const bool is_weight = spec.name.ends_with(".weight") && spec.shape.size() > 1;
        EXPECT_EQ(decays(spec.kind), is_weight) << spec.name;
    }
    EXPECT_EQ(table->at("pos_embed").layer, 0);
    EXPECT_EQ(table->at("blocks.0.norm1.bias").layer, 1);
    EXPECT_EQ(table->at("blocks.2.mlp.fc2.weight").layer, 3);
    EXPECT_EQ(table->at("norm.weight").layer, 4);
}

TEST(VitParameters, FollowTheKindOfPositionsTokensAndAffine) {
    VitConfig config = small_config();
    config.prefix_tokens = 2;
    config.input_affine = true;
    config.positions = PositionKind::split;
    const auto split = vit_parameters(config);
    EXPECT_TRUE(split->has("dist_token") && split->has("input_affine.weight"));
    EXPECT_FALSE(split->has("pos_embed"));
    EXPECT_EQ(split->at("freq_pos_embed").rows(), 14U);
    config.prefix_tokens = 0;
    config.positions = PositionKind::sincos;
    const auto fixed = vit_parameters(config);
    EXPECT_FALSE(fixed->has("cls_token") || fixed->has("pos_embed") || fixed->has("time_pos_embed"));
}

/// The first block's tokens of the formula's image.
Matrix first_block(const Vit& vit) {
    Matrix block;
    vit(test::formula_image(0), [&](int number, const nn::Tokens& x) {
        if (number != 1) return;
        block = Matrix(x.rows(), x.columns());
        std::copy_n(x.data(), block.size(), block.data());
    });
    return block;
}

TEST(Vit, IsMadeAgainOfParametersThatChangedAndStaysAsItWasUntilThen) {
    ParameterSet parameters = formula_parameters(small_config());
    const Vit before(small_config(), parameters, {.blocks = 1}, Precision::fp32);
    const Matrix expected = first_block(before);
    parameters["blocks.0.mlp.fc2.bias"](0, 3) += 1.0F;
    EXPECT_EQ(first_block(before), expected);
    const Matrix changed = first_block(Vit(small_config(), parameters, {.blocks = 1}, Precision::fp32));
    EXPECT_NEAR(changed(7, 3), expected(7, 3) + 1.0F, 1e-5F);
    EXPECT_EQ(changed(7, 4), expected(7, 4));
}

TEST(Vit, RefusesParametersOfAnotherConfig) {
    const auto error_for = [](const VitConfig& config) {
        const ParameterSet parameters(vit_parameters(config));
        return error_of([&] { Vit(small_config(), parameters, {.blocks = 1}, Precision::fp32); });
    };
    VitConfig wider = small_config();
    wider.mlp_width = 101;
    EXPECT_EQ(
        error_for(wider),
        "body: needs blocks.0.mlp.fc1.weight of 4000 numbers, by its size, it has 4040 in another shape");
    VitConfig shallow = small_config();
    shallow.depth = 2;
    EXPECT_TRUE(test::holds(error_for(shallow), "needs blocks.2.norm1.weight of 40 numbers"));
    VitConfig deeper = small_config();
    deeper.depth = 4;
    EXPECT_NE(error_for(deeper), "");
}

}  // namespace
}  // namespace melvit
