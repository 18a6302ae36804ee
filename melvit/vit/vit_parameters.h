#pragma once

#include "melvit/core/export.h"
#include "melvit/vit/parameter_set.h"
#include "melvit/vit/vit_config.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace melvit {

/// The parameters of a ViT under timm's names and in timm's shapes: the patch embedding, tokens, positions, the
/// blocks, the final norm. Linear weights are [outputs x inputs], as PyTorch keeps them. Names of our own, first
/// in the table or where timm has its positions:
///
///     input_affine.weight, input_affine.bias  [rows]: what each row of the image is multiplied by, then added
///     freq_pos_embed                          [1, rows of the grid, D]
///     time_pos_embed                          [1, columns of the grid, D]
///
/// config  one that check() lets pass
MELVIT_API std::shared_ptr<const ParameterTable> vit_parameters(const VitConfig& config);

/// "blocks.3.attn.qkv.weight" of 3 and "attn.qkv.weight".
///
/// block  counted from 0
std::string block_parameter(int block, std::string_view name);

/// Untrained weights, a function of (config, seed): normal of standard deviation 0.02, truncated at 1.96 standard deviations, for
/// linear weights, tokens and positions, zeros for biases, ones for norms.
MELVIT_API ParameterSet random_vit_parameters(const VitConfig& config, std::uint64_t seed);

}  // namespace melvit
