#pragma once

#include "melvit/nn/linear.h"
#include "melvit/nn/residual_linear.h"

#include <cstddef>
#include <vector>

namespace melvit::nn {

/// The parameters of multi-head attention.
struct AttentionWeights {
    LinearWeights qkv;   ///< [3D x D], [1 x 3D]: queries, keys, values
    LinearWeights proj;  ///< [D x D], [1 x D]
};

/// Multi-head self-attention: softmax(Q K^T / sqrt(d)) V in each head, then a linear layer. Scores exist for
/// a few queries of one head at a time and stay in the cache. Heads are computed side by side by the threads
/// that are free.
///
/// source  Vaswani et al. 2017, "Attention Is All You Need", section 3.2
class Attention {
public:
    Attention(const AttentionWeights& weights, std::size_t heads, Precision precision);

    /// x        [T x D]: all tokens of an image
    /// queries  how many of the first tokens' results are wanted
    /// returns  what the first `queries` tokens += adds
    ResidualLinear::Sum operator()(const OperandRows& x, std::size_t queries) const;

private:
    struct Projected;

    Projected project(const OperandRows& x, std::size_t queries) const;

    std::size_t heads_;
    std::vector<Linear> query_, key_, value_;  // [heads] of D to d
    ResidualLinear proj_;
};

}  // namespace melvit::nn
