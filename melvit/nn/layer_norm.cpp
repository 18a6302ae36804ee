#include "melvit/nn/layer_norm.h"

#include "melvit/nn/row_slices.h"

#include <cassert>

namespace melvit::nn {

LayerNorm::LayerNorm(ConstMatrixView weight, ConstMatrixView bias, float epsilon, Precision precision)
    : weight_(weight), bias_(bias), epsilon_(epsilon), precision_(precision) {
    assert(weight.size() == bias.size());
}

// D = width
Operand LayerNorm::operator()(const Rows& x) const {
    assert(x.columns == weight_.size());
    const std::size_t D = x.columns;
    Operand y(x.rows, D, precision_);
    for_each_slice(x.rows, [&](const Range& slice) {
        Tokens normed(1, D);
        const std::span<float> out = normed.row(0);
        for (std::size_t r = slice.begin; r < slice.end; ++r) {
            kernels::kernels().layer_norm(x.row(r).data(), D, weight_.data(), bias_.data(), epsilon_,
                                          out.data());
            y.set_row(r, out);
        }
    });
    return y;
}

}  // namespace melvit::nn
