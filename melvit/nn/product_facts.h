#pragma once

#include "melvit/nn/precision.h"

#include <string>

namespace melvit::nn {

/// What a body's numbers of one precision depend on, on this processor and in this build.
struct ProductFacts {
    std::string instructions;       ///< name_of(isa_level())
    std::string engine;             ///< "melvit 0.1.0"
    std::string factors;            ///< "u8 x s8": activations and weights of the linear layers
    std::string attention_factors;  ///< "f32" or "bf16"
};

ProductFacts product_facts(Precision precision);

}  // namespace melvit::nn
