#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/tokens.h"

namespace melvit::nn {

/// Each row brought to mean 0 and deviation 1, then scaled and shifted.
///
/// source  Ba, Kiros, Hinton 2016, "Layer Normalization"; torch.nn.LayerNorm
class LayerNorm {
public:
    /// weight, bias  [1 x D]
    LayerNorm(const Matrix& weight, const Matrix& bias, float epsilon);

    /// x, returns  [any x D]
    Tokens operator()(const Tokens& x) const;

private:
    Matrix weight_, bias_;
    float epsilon_;
};

}  // namespace melvit::nn
