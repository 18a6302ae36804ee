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
/// prefix    before every name
/// modules   in the order of VitModule; # stands for the block's number, and a name that ends in . or _ is
///           followed by "weight" or "bias"; {q} stands for three tensors of their own: query, key, value
/// ignored   beginnings of names that belong to the classifier and not to the body
struct CheckpointNames {
    std::string_view what;
    std::string_view prefix;
    std::array<std::string_view, kVitModules> modules;
    std::array<std::string_view, 3> ignored;
};

/// The namings that melvit knows; timm's, in which it writes, first.
std::span<const CheckpointNames> known_checkpoint_names();

/// What the slot's tensor is called; three names where queries, keys and values are apart.
std::vector<std::string> tensor_names(const CheckpointNames& names, const WeightSlot& slot);

/// True for the tensors of a classifier, which a body does without.
bool is_ignored(const CheckpointNames& names, std::string_view tensor);

}  // namespace melvit
