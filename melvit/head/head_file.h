#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/head/head_set.h"

#include <vector>

namespace melvit {

/// The tensors of a set of heads, to be written into a model's file: "heads.<i>.layers.<j>.weight" and
/// ".bias", "standardisation.mean" and ".deviation" when there is one. They point into the set.
std::vector<TensorToWrite> head_tensors(const HeadSet& set);

/// Reads a set of heads back.
///
/// config  of the heads, which the tensors do not tell (HeadConfig goes to JSON by core/config.h)
/// throws  Error when a tensor is missing, shapes do not chain or do not fit the config, the heads differ in
///         size, or a number is not finite
HeadSet read_head_set(const SafetensorsFile& file, const HeadConfig& config);

}  // namespace melvit
