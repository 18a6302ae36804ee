#pragma once

#include "melvit/nn/linear.h"

#include <cstddef>

namespace melvit::nn {

/// The parameters of multi-head attention.
struct AttentionWeights {
    LinearWeights qkv;   ///< [3D x D], [1 x 3D]: queries, keys, values
    LinearWeights proj;  ///< [D x D], [1 x D]
};

/// Multi-head self-attention: softmax(Q K^T / sqrt(d)) V in each head, then a linear layer. Scores exist for
/// a few queries and keys of one head at a time and stay in the cache. Heads are computed side by side by the
/// threads that are free.
///
/// source  Vaswani et al. 2017, "Attention Is All You Need", section 3.2
class Attention {
public:
    Attention(const AttentionWeights& weights, std::size_t heads, Precision precision);

    /// x        [T x D]: all tokens of an input
    /// queries  how many of the first tokens' results are wanted
    /// returns  what the first `queries` tokens += adds
    ResidualLinear::Sum operator()(const OperandRows& x, std::size_t queries) const;

private:
    std::size_t heads_;
    Linear query_;      // D to D
    Linear key_value_;  // D to 2D: the keys of all heads, then the values
    ResidualLinear proj_;
};

}  // namespace melvit::nn
