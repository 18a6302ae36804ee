#include "melvit/vit/vit_config.h"

#include "melvit/core/error.h"
#include "melvit/vit/throughput.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

using test::error_of;
using test::holds;

TEST(VitConfig, CountsItsPatchesAndTokens) {
    const VitConfig plain;
    EXPECT_EQ(plain.grid(), (PatchGrid{14, 14}));
    EXPECT_EQ(plain.tokens(), 197U);
    EXPECT_EQ(plain.patch_size(), 768U);
    // AST's, by stride: 12 x 101, 10 x 85, 9 x 73, 8 x 64.
    for (const auto& [stride, tokens] : {std::pair{10, 1214U}, {12, 852U}, {14, 659U}, {16, 514U}}) {
        const VitConfig config{
            .input = {1, 128, 1024}, .stride_rows = stride, .stride_columns = stride, .prefix_tokens = 2};
        EXPECT_EQ(config.tokens(), tokens) << stride;
        EXPECT_EQ(config.patch_size(), 256U);
    }
}

TEST(VitConfig, NamesTheFirstSettingThatDoesNotWork) {
    const auto expect_named = [](const std::string& setting, const auto& change) {
        VitConfig config;
        change(config);
        EXPECT_TRUE(error_of([&] { check(config); }).starts_with("ViT, " + setting + ": need")) << setting;
    };
    EXPECT_NO_THROW(check(VitConfig{}));
    expect_named("input.channels", [](VitConfig& c) { c.input.channels = 0; });
    expect_named("input.rows", [](VitConfig& c) { c.input.rows = 1 << 20; });
    expect_named("input.columns", [](VitConfig& c) { c.input.columns = -1; });
    expect_named("patch_rows", [](VitConfig& c) { c.patch_rows = 225; });
    expect_named("patch_columns", [](VitConfig& c) { c.patch_columns = 0; });
    expect_named("stride_rows", [](VitConfig& c) { c.stride_rows = 0; });
    expect_named("stride_columns", [](VitConfig& c) { c.stride_columns = 225; });
    expect_named("prefix_tokens", [](VitConfig& c) { c.prefix_tokens = 3; });
    expect_named("strides", [](VitConfig& c) {
        c.input = {3, 1024, 1024};
        c.stride_rows = c.stride_columns = 1;
    });
    expect_named("width", [](VitConfig& c) { c.width = 0; });
    expect_named("depth", [](VitConfig& c) { c.depth = 0; });
    expect_named("heads", [](VitConfig& c) { c.heads = 7; });
    expect_named("mlp_width", [](VitConfig& c) { c.mlp_width = 1 << 20; });
    expect_named("norm_epsilon", [](VitConfig& c) { c.norm_epsilon = 0.0F; });
    expect_named("norm_epsilon", [](VitConfig& c) { c.norm_epsilon = NAN; });
    expect_named("width", [](VitConfig& c) {
        c.width = 6;
        c.heads = 1;
        c.positions = PositionKind::sincos;
    });
}

TEST(VitConfig, ComesBackFromJsonAndRefusesUnknownPositions) {
    const VitConfig config{.input = {1, 80, 608}, .norm_epsilon = 1e-12F, .positions = PositionKind::split};
    EXPECT_EQ(config_from_json<VitConfig>(config_to_json(config), "vit"), config);
    EXPECT_TRUE(holds(config_text(config), R"("positions":"split")"));
    EXPECT_TRUE(holds(config_text(config), R"("input":{"channels":1,"rows":80,"columns":608})"));
    for (const char* value : {R"("rotary")", "1", "null"}) {
        const auto json = nlohmann::ordered_json::parse(fmt::format(R"({{"positions": {}}})", value));
        EXPECT_TRUE(holds(error_of([&] { config_from_json<VitConfig>(json, "vit"); }),
                          "needs a fitting value for \"positions\""))
            << value;
    }
}

TEST(VitConfig, GivesTheOperationsOfAnImage) {
    EXPECT_EQ(flops_of_image(VitConfig{}), 35126120448.0);
    // Patches of 256 numbers to 64; a block of 1214 tokens: 4 x 64 x 64, two attention products, 2 x 64 x 128.
    const VitConfig overlapping{.input = {1, 128, 1024},
                                .stride_rows = 10,
                                .stride_columns = 10,
                                .prefix_tokens = 2,
                                .width = 64,
                                .depth = 1,
                                .heads = 2,
                                .mlp_width = 128};
    const double block = 1214.0 * (4 * 64 * 64 + 2 * 1214 * 64 + 2 * 64 * 128);
    EXPECT_EQ(flops_of_image(overlapping), 2.0 * (1212.0 * 256 * 64 + block));
}

}  // namespace
}  // namespace melvit
