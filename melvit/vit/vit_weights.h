#pragma once

#include "melvit/core/export.h"
#include "melvit/core/matrix.h"
#include "melvit/vit/vit_config.h"

#include <cstdint>
#include <vector>

namespace melvit {

/// The parameters of a ViT, in one naming whatever checkpoint they came from. Linear weights are
/// [outputs x inputs], as PyTorch keeps them; biases and norm parameters are [1 x n].
// D = width, M = mlp_width
struct BlockWeights {
    Matrix norm1_weight, norm1_bias;  // [1 x D]
    Matrix qkv_weight, qkv_bias;      // [3D x D], [1 x 3D]: queries, keys, values
    Matrix proj_weight, proj_bias;    // [D x D], [1 x D]
    Matrix norm2_weight, norm2_bias;  // [1 x D]
    Matrix fc1_weight, fc1_bias;      // [M x D], [1 x M]
    Matrix fc2_weight, fc2_bias;      // [D x M], [1 x D]
};

struct VitWeights {
    VitConfig config;
    Matrix patch_weight, patch_bias;  // [D x 768]: channel, row, column of a 16 x 16 patch; [1 x D]
    Matrix class_token;               // [1 x D]
    Matrix positions;                 // [197 x D]
    std::vector<BlockWeights> blocks;
    Matrix norm_weight, norm_bias;  // [1 x D], the final norm
};

/// Untrained weights, a function of (config, seed): normal of deviation 0.02, cut at 1.96 deviations, for
/// linear weights, the class token and positions, zeros for biases, ones for norms.
MELVIT_API VitWeights random_vit_weights(const VitConfig& config, std::uint64_t seed);

}  // namespace melvit
