#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melvit::nn {

/// A matrix of weights in 8 bits, symmetric, with a scale for each output: weight = scale q.
// I = inputs, O = outputs
struct QuantisedWeights {
    std::vector<std::int8_t> values;  // [O x I], -127 ... 127
    std::vector<float> scale;         // [O and padding]
    std::vector<std::int32_t> sums;   // [O and padding], of each output's values
};

/// The nearest values to the weights; the largest of an output is 127.
///
/// weight   [O x I]
/// padding  more elements of 0 behind `scale` and `sums`, so that a register may read beyond the last output
QuantisedWeights quantise_weights(ConstMatrixView weight, std::size_t padding);

}  // namespace melvit::nn
