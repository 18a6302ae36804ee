#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/operand.h"

namespace melvit::nn {

/// Each row brought to mean 0 and standard deviation 1, then scaled and shifted, and put into the precision of the
/// product that reads it while it is still in the cache.
///
/// source  Ba, Kiros, Hinton 2016, "Layer Normalization"; torch.nn.LayerNorm
class LayerNorm {
public:
    /// weight, bias  [1 x D]
    LayerNorm(ConstMatrixView weight, ConstMatrixView bias, float epsilon, Precision precision);

    /// x, returns  [any x D]
    Operand operator()(const Rows& x) const;

private:
    Matrix weight_, bias_;
    float epsilon_;
    Precision precision_;
};

}  // namespace melvit::nn
