#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/vit/checkpoint_names.h"
#include "melvit/vit/vit_config.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// Where in a checkpoint a ViT lies: training scripts put theirs under prefixes of every kind, and other
/// tensors beside it.
struct VitInCheckpoint {
    const CheckpointNames* names = nullptr;
    std::string prefix;                         ///< "" or one that ends in a dot: "teacher.backbone."
    std::map<std::string, TensorView> tensors;  ///< what lies under the prefix, named without it
    std::vector<std::string> outside;           ///< the names of all others
    /// Of the size that its file states, else of a plain ViT's with the blocks and tokens that it has.
    VitConfig config;
};

/// Finds the ViT under whatever prefix. Words that wrappers put into the middle of names (`_orig_mod` of
/// torch.compile) are taken out.
///
/// key     the prefix or the beginning of it, to choose one of several: "teacher"; "." for names without a
///         prefix; "" where there is one ViT, or several of equal weights
/// stated  what the file says of the ViT's size
/// throws  Error when there is none or several; one that lacks tensors is found where no other is whole
VitInCheckpoint find_vit(const std::filesystem::path& file, const std::map<std::string, TensorView>& tensors,
                         std::string_view key, const std::optional<VitConfig>& stated);

}  // namespace melvit
