#pragma once

#include "melvit/core/config.h"
#include "melvit/core/export.h"
#include "melvit/spectrum/image.h"

#include <cstddef>
#include <string>
#include <tuple>

namespace melvit {

/// Where the numbers come from that tell a ViT where a patch stands.
enum class PositionKind {
    joint,  ///< a table of all tokens [T x D]
    split,  ///< the sum of a table of the grid's rows [rows x D] and one of its columns [columns x D]
    sincos  ///< none: sines and cosines of both (sincos_positions)
};
NLOHMANN_JSON_SERIALIZE_ENUM(PositionKind, {{PositionKind::joint, "joint"},
                                            {PositionKind::split, "split"},
                                            {PositionKind::sincos, "sincos"}})

/// The patches of an image: frequencies from top to bottom, times from left to right.
struct PatchGrid {
    std::size_t rows = 0;
    std::size_t columns = 0;

    std::size_t size() const { return rows * columns; }
    bool operator==(const PatchGrid&) const = default;
};

/// The size of a Vision Transformer and what it reads; the defaults are ViT-B/16's.
///
/// source  Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", table 1; ViT-Ti and the distillation token
///         from Touvron et al. 2021; overlapping patches from Gong et al. 2021, "AST"
struct VitConfig {
    InputShape input = {};
    int patch_rows = 16;
    int patch_columns = 16;
    int stride_rows = 16;
    int stride_columns = 16;
    int prefix_tokens = 1;
    int width = 768;
    int depth = 12;
    int heads = 12;
    int mlp_width = 3072;
    float norm_epsilon = 1e-6F;
    PositionKind positions = PositionKind::joint;
    bool input_affine = false;

    static constexpr auto fields() {
        return std::tuple{
            Field{"input", &VitConfig::input, "what an image is"},
            Field{"patch_rows", &VitConfig::patch_rows, "rows of the image in a patch"},
            Field{"patch_columns", &VitConfig::patch_columns, "columns of the image in a patch"},
            Field{"stride_rows", &VitConfig::stride_rows, "rows from a patch to the one below"},
            Field{"stride_columns", &VitConfig::stride_columns, "columns from a patch to the next"},
            Field{"prefix_tokens", &VitConfig::prefix_tokens,
                  "tokens before the patches: 0, 1 (class) or 2 (class and distillation)"},
            Field{"width", &VitConfig::width, "D, numbers in a token"},
            Field{"depth", &VitConfig::depth, "L, blocks"},
            Field{"heads", &VitConfig::heads, "attention heads; width / heads numbers each"},
            Field{"mlp_width", &VitConfig::mlp_width, "M, hidden units of a block's MLP"},
            Field{"norm_epsilon", &VitConfig::norm_epsilon, "added to the variance by each LayerNorm"},
            Field{
                "positions", &VitConfig::positions,
                "joint: a table of all tokens; split: one of the grid's rows and one of its columns; sincos: "
                "fixed sines and cosines"},
            Field{"input_affine", &VitConfig::input_affine,
                  "each row of the image has a scale and a shift, as a batch norm of mel bands has in "
                  "inference"}};
    }

    /// How many patches lie in an image; at least one each way in a config that check() lets pass.
    PatchGrid grid() const;

    /// T, prefix tokens and patches.
    std::size_t tokens() const;

    /// Numbers in a patch.
    std::size_t patch_size() const;

    bool operator==(const VitConfig&) const = default;
};

/// The most numbers of a token and hidden units of an MLP, and the most blocks; no ViT comes near.
inline constexpr int kWidestVit = 8192;
inline constexpr int kDeepestVit = 1000;

/// throws  Error that names the first setting that does not work
MELVIT_API void check(const VitConfig& config);

/// "vit_ti_16", "vit_s_16", "vit_b_16", "vit_l_16", "vit_h_16".
/// throws  Error for another name
MELVIT_API VitConfig vit_config_of(const std::string& name);

}  // namespace melvit
