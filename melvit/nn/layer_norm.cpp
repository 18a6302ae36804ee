#include "melvit/nn/layer_norm.h"

#include "melvit/nn/slices.h"
#include "melvit/nn/vector.h"

#include <cassert>
#include <cmath>

namespace melvit::nn {
namespace {

/// The sum of term(x[i]) over a row. Four sums side by side, because an addition takes four cycles; `term`
/// works on a register as on one float.
template <class Term>
float sum(std::span<const float> x, const Term& term) {
    constexpr std::size_t kSums = 4;
    Vector sums[kSums] = {};
    std::size_t i = 0;
    for (; i + kSums * kLanes <= x.size(); i += kSums * kLanes) {
        for (std::size_t s = 0; s < kSums; ++s) sums[s] += term(load(x.data() + i + s * kLanes));
    }
    float rest = 0.0F;
    for (; i < x.size(); ++i) rest += term(x[i]);
    const Vector lanes = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) rest += lanes[lane];
    return rest;
}

}  // namespace

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
            const std::span<const float> in = x.row(r);
            const float mean = sum(in, [](auto value) { return value; }) / static_cast<float>(D);
            const float variance = sum(in, [mean](auto value) { return (value - mean) * (value - mean); }) /
                                   static_cast<float>(D);
            const float scale = 1.0F / std::sqrt(variance + epsilon_);
            for (std::size_t i = 0; i < D; ++i) {
                out[i] = (in[i] - mean) * scale * weight_.data()[i] + bias_.data()[i];
            }
            y.set_row(r, out);
        }
    });
    return y;
}

}  // namespace melvit::nn
