#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/vit/vit_weights.h"

#include <filesystem>
#include <map>
#include <string>

namespace melvit {

/// The tensors of a checkpoint as the weights of a ViT.
///
/// Which library named the tensors follows from the names, the size of the ViT from the shapes, except for
/// the number of heads: `metadata["heads"]`, else 64 numbers a head (80 in ViT-H), as every published ViT
/// has.
///
/// file      where the tensors come from, for errors
/// tensors   a classifier's are passed over; any other tensor that is no part of a ViT is refused, since the
///           model then computes something else (a distillation token, registers, layer scales)
/// throws    Error: unknown names, a missing or unknown tensor, a shape that does not fit, other patches than
///           16 x 16, other than 197 tokens, NaN or Inf
VitWeights vit_weights_of(const std::filesystem::path& file, const std::map<std::string, TensorView>& tensors,
                          const std::map<std::string, std::string>& metadata);

}  // namespace melvit
