#pragma once

#include "melvit/nn/precision.h"

#include <string>

namespace melvit::nn {

/// What a body's numbers of one precision depend on, on this processor and in this build.
struct ProductFacts {
    std::string instructions;       ///< oneDNN's name of what the processor has, within ONEDNN_MAX_CPU_ISA
    std::string engine;             ///< "melvit 0.1.0" or "oneDNN 2.6.3"
    std::string factors;            ///< "u8 x s8": activations and weights of the linear layers
    std::string attention_factors;  ///< "f32" or "bf16"
};

ProductFacts product_facts(Precision precision);

}  // namespace melvit::nn
