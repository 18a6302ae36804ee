#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// A beginning of the names of our parameters (vit_parameters), and what it is in another library's.
///
/// # stands for the block's number; {q} stands for three tensors of their own: query, key, value
struct NamePair {
    std::string_view ours, theirs;
};

/// How one library names the weights of a ViT in its checkpoints.
///
/// what      the library, for errors
/// pairs     what it names otherwise than we do, and the first norm of a block in any case
/// inside    beginnings of the names of tensors that every image goes through: what stands there and is not
///           understood makes other numbers
struct CheckpointNames {
    std::string_view what;
    std::span<const NamePair> pairs;
    std::array<std::string_view, 2> inside;
};

/// The namings that melvit knows; timm's, which is ours, first.
std::span<const CheckpointNames> known_checkpoint_names();

/// What the tensor of one of our parameters is called; three names where queries, keys and values are apart.
std::vector<std::string> tensor_names(const CheckpointNames& names, std::string_view parameter);

/// The number in a name of a block's tensor ("blocks.3.norm1.weight"), or -1 in another name.
int block_number(const CheckpointNames& names, std::string_view tensor);

/// Why a tensor of this name makes a ViT compute something else than melvit does ("LayerScale"), or "" where no
/// part of the name says so.
std::string_view other_computation(std::string_view tensor);

/// Whether the tensor has a part in what the blocks compute, so that it cannot be passed over.
bool is_needed(const CheckpointNames& names, std::string_view tensor);

}  // namespace melvit
