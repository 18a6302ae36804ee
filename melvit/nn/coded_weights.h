#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melvit::nn {

/// A matrix of weights in 8 bits: weight = scale code, with a scale for each output.
// I = inputs, O = outputs
struct CodedWeights {
    std::vector<std::int8_t> codes;       // [O x I], -127 ... 127
    std::vector<float> scale;             // [O and padding]
    std::vector<std::int32_t> code_sums;  // [O and padding], of each output's codes
};

/// Codes of the weights nearest to them; the largest of an output is 127.
///
/// weight   [O x I]
/// padding  more elements of 0 behind `scale` and `code_sums`, so that a register may read beyond the last
///          output
CodedWeights encode_weights(ConstMatrixView weight, std::size_t padding);

}  // namespace melvit::nn
