#include "melvit/vit/vit_config.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace melvit {
namespace {

// No ViT comes near; they keep sizes far from overflow.
constexpr int kLongestInput = 1 << 14;
constexpr int kMostChannels = 1 << 10;
constexpr std::size_t kMostTokens = std::size_t{1} << 16U;

struct NamedConfig {
    std::string_view name;
    VitConfig config;
};

constexpr std::array<NamedConfig, 5> kConfigs{
    {{"vit_ti_16", {.width = 192, .depth = 12, .heads = 3, .mlp_width = 768}},
     {"vit_s_16", {.width = 384, .depth = 12, .heads = 6, .mlp_width = 1536}},
     {"vit_b_16", {.width = 768, .depth = 12, .heads = 12, .mlp_width = 3072}},
     {"vit_l_16", {.width = 1024, .depth = 24, .heads = 16, .mlp_width = 4096}},
     {"vit_h_16", {.width = 1280, .depth = 32, .heads = 16, .mlp_width = 5120}}}};

void require_setting(bool holds, std::string_view setting, std::string_view need, const auto& value) {
    if (!holds) throw Error(fmt::format("ViT, {}", setting), need, fmt::format("it is {}", value));
}

/// throws  unless the value is 1 to `most`
void require_size(std::string_view setting, int value, int most) {
    require_setting(value >= 1 && value <= most, setting, fmt::format("needs 1 to {}", most), value);
}

std::size_t patches_along(int input, int patch, int stride) {
    return static_cast<std::size_t>((input - patch) / stride) + 1;
}

}  // namespace

PatchGrid VitConfig::grid() const {
    return {patches_along(input.rows, patch_rows, stride_rows),
            patches_along(input.columns, patch_columns, stride_columns)};
}

std::size_t VitConfig::tokens() const {
    return static_cast<std::size_t>(prefix_tokens) + grid().size();
}

std::size_t VitConfig::patch_size() const {
    return InputShape{input.channels, patch_rows, patch_columns}.size();
}

void check(const VitConfig& config) {
    require_size("input.channels", config.input.channels, kMostChannels);
    require_size("input.rows", config.input.rows, kLongestInput);
    require_size("input.columns", config.input.columns, kLongestInput);
    require_size("patch_rows", config.patch_rows, config.input.rows);
    require_size("patch_columns", config.patch_columns, config.input.columns);
    require_size("stride_rows", config.stride_rows, config.input.rows);
    require_size("stride_columns", config.stride_columns, config.input.columns);
    require_setting(config.prefix_tokens >= 0 && config.prefix_tokens <= 2, "prefix_tokens",
                    "needs 0, 1 or 2", config.prefix_tokens);
    require_setting(config.tokens() <= kMostTokens, "strides",
                    fmt::format("need to give at most {} tokens", kMostTokens), config.tokens());
    require_size("width", config.width, kWidestVit);
    require_size("depth", config.depth, kDeepestVit);
    require_setting(config.heads >= 1 && config.width % config.heads == 0, "heads",
                    fmt::format("needs a number that divides the width {}", config.width), config.heads);
    require_size("mlp_width", config.mlp_width, kWidestVit);
    require_setting(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0.0F, "norm_epsilon",
                    "needs a number above 0", config.norm_epsilon);
    require_setting(config.positions != PositionKind::sincos || config.width % 4 == 0, "width",
                    "needs a multiple of 4 for positions of sines and cosines", config.width);
}

VitConfig vit_config_of(const std::string& name) {
    std::vector<std::string_view> known;
    for (const NamedConfig& entry : kConfigs) {
        if (entry.name == name) return entry.config;
        known.push_back(entry.name);
    }
    throw Error(std::string_view(name), fmt::format("needs to be one of {}", joined(known)),
                "there is no ViT of this name");
}

}  // namespace melvit
