#pragma once

#include "melvit/vit/vit_weights.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// The modules of a ViT that hold weights, in VitWeights order.
enum class VitModule { patch, class_token, positions, norm1, qkv, proj, norm2, fc1, fc2, norm };
inline constexpr std::size_t kVitModules = 10;

/// One matrix of a VitWeights: which module of which block, and whether it is the bias.
struct WeightSlot {
    VitModule module = VitModule::patch;
    int block = 0;  ///< counted from 0; of no meaning outside the blocks
    bool is_bias = false;
};

/// Calls visit(slot, matrix) for each matrix, in VitWeights order: files, digests and random weights share
/// it.
template <class Weights, class Visitor>
void for_each_weight(Weights& weights, Visitor&& visit) {
    const auto pair = [&](VitModule module, int block, auto& weight, auto& bias) {
        visit(WeightSlot{module, block, false}, weight);
        visit(WeightSlot{module, block, true}, bias);
    };
    pair(VitModule::patch, 0, weights.patch_weight, weights.patch_bias);
    visit(WeightSlot{VitModule::class_token}, weights.class_token);
    visit(WeightSlot{VitModule::positions}, weights.positions);
    int index = 0;
    for (auto& block : weights.blocks) {
        pair(VitModule::norm1, index, block.norm1_weight, block.norm1_bias);
        pair(VitModule::qkv, index, block.qkv_weight, block.qkv_bias);
        pair(VitModule::proj, index, block.proj_weight, block.proj_bias);
        pair(VitModule::norm2, index, block.norm2_weight, block.norm2_bias);
        pair(VitModule::fc1, index, block.fc1_weight, block.fc1_bias);
        pair(VitModule::fc2, index, block.fc2_weight, block.fc2_bias);
        ++index;
    }
    pair(VitModule::norm, 0, weights.norm_weight, weights.norm_bias);
}

/// The shape of a matrix of a ViT of this size, as checkpoints keep it: [D, 3, 16, 16], [1, 197, D], [3D, D],
/// [D].
std::vector<std::size_t> checkpoint_shape(const VitConfig& config, const WeightSlot& slot);

/// All matrices in their shapes, filled with zeros.
VitWeights zero_vit_weights(const VitConfig& config);

}  // namespace melvit
