#pragma once

#include "melvit/core/export.h"

#include <string>

namespace melvit {

/// The size of a Vision Transformer with 16 x 16 patches and a class token on 224 x 224 pixels.
///
/// source  Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", table 1; ViT-Ti from Touvron et al. 2021
struct VitConfig {
    static constexpr int kPatch = 16;                  ///< pixels on a side
    static constexpr int kGrid = 14;                   ///< patches on a side
    static constexpr int kTokens = kGrid * kGrid + 1;  ///< 197: the class token first, then row by row
    static constexpr float kLayerNormEpsilon = 1e-6F;

    int width = 768;       ///< D, numbers in a token
    int depth = 12;        ///< L, blocks
    int heads = 12;        ///< attention heads; width / heads numbers each
    int mlp_width = 3072;  ///< hidden units of a block's MLP

    bool operator==(const VitConfig&) const = default;
};

/// "vit_ti_16", "vit_s_16", "vit_b_16", "vit_l_16", "vit_h_16".
/// throws  Error for another name
MELVIT_API VitConfig vit_config_of(const std::string& name);

}  // namespace melvit
