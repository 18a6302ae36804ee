#pragma once

#include "melvit/nn/linear.h"

#include <cstddef>

namespace melvit::nn {

/// The parameters of multi-head attention.
struct AttentionWeights {
    LinearWeights qkv;   ///< [3D x D], [1 x 3D]: queries, keys, values
    LinearWeights proj;  ///< [D x D], [1 x D]
};

struct AttentionShape {
    std::size_t heads = 1;
    std::size_t tokens = 0;
    std::size_t queries = 0;  ///< the first tokens, whose results are wanted
};

/// Multi-head self-attention: softmax(Q K^T / sqrt(d)) V in each head, then a linear layer.
///
/// source  Vaswani et al. 2017, "Attention Is All You Need", section 3.2
class Attention {
public:
    Attention(const AttentionWeights& weights, const AttentionShape& shape);

    /// x        [tokens x D]
    /// returns  what x += adds to the first `queries` rows
    Addend operator()(const Tokens& x) const;

private:
    AttentionShape shape_;
    Linear query_, key_, value_, proj_;
};

}  // namespace melvit::nn
