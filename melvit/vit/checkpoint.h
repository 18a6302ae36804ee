#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/vit/vit_parameters.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// A ViT out of a checkpoint.
///
/// notes  a sentence for each thing that a person should know: tensors that were passed over, positions that
///        were resampled
struct CheckpointVit {
    VitConfig config;
    ParameterSet parameters;
    std::vector<std::string> notes;
};

/// The ViT that a checkpoint's tensors hold, wherever it lies among them.
///
/// Which library named the tensors, and under which prefix, follows from the names. `metadata["vit"]`, a VitConfig
/// as JSON, says what the ViT is. Without it the ViT is a plain one for pictures of 224 x 224 with a joint table of
/// positions, its sizes follow from the shapes, except for the number of heads: `metadata["heads"]`, else 64
/// numbers a head (80 in ViT-H), as every published ViT has; and a table of positions of another square grid is
/// resampled as timm does.
///
/// file      where the tensors come from, for errors
/// tensors   what no block needs is passed over: any classifier, other networks, buffers. What has a part in the
///           blocks' computation and is not understood is refused, since the model then computes something else
///           (registers, layer scales)
/// key       as in find_vit
/// throws    Error: unknown names, a missing or unknown tensor, a shape that does not fit, a grid that is no
///           square, NaN or Inf; also that of check(VitConfig)
CheckpointVit vit_of_checkpoint(const std::filesystem::path& file,
                                const std::map<std::string, TensorView>& tensors,
                                const std::map<std::string, std::string>& metadata,
                                std::string_view key = "");

}  // namespace melvit
