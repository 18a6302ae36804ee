#pragma once

#include "melvit/vit/weight_slots.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// How one library names the weights of a ViT in its checkpoints.
///
/// what      the library, for errors
/// modules   in the order of VitModule; # stands for the block's number, and a name that ends in . or _ is
///           followed by "weight" or "bias"; {q} stands for three tensors of their own: query, key, value
/// inside    beginnings of the names of tensors that every image goes through: what stands there and is not
///           understood makes other numbers
struct CheckpointNames {
    std::string_view what;
    std::array<std::string_view, kVitModules> modules;
    std::array<std::string_view, 2> inside;
};

/// The namings that melvit knows; timm's, in which it writes, first.
std::span<const CheckpointNames> known_checkpoint_names();

/// What the slot's tensor is called; three names where queries, keys and values are apart.
std::vector<std::string> tensor_names(const CheckpointNames& names, const WeightSlot& slot);

/// The number in a name of a block's tensor ("blocks.3.norm1.weight"), or -1 in another name.
int block_number(const CheckpointNames& names, std::string_view tensor);

/// Why a tensor of this name makes a ViT compute something else than melvit does ("LayerScale"), or "" where no
/// part of the name says so.
std::string_view other_computation(std::string_view tensor);

/// Whether the tensor has a part in what the blocks compute, so that it cannot be passed over.
bool is_needed(const CheckpointNames& names, std::string_view tensor);

}  // namespace melvit
