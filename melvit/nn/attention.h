#pragma once

#include "melvit/nn/linear.h"

#include <cstddef>

namespace melvit::nn {

/// The parameters of multi-head attention.
struct AttentionWeights {
    LinearWeights qkv;   ///< [3D x D], [1 x 3D]: queries, keys, values
    LinearWeights proj;  ///< [D x D], [1 x D]
};

/// Multi-head self-attention: softmax(Q K^T / sqrt(d)) V in each head, then a linear layer. Scores exist for a few
/// queries of one head at a time and stay in the cache.
///
/// source  Vaswani et al. 2017, "Attention Is All You Need", section 3.2
class Attention {
public:
    /// Q, K and V of one image, filled by slices of its tokens.
    struct Projected {
        /// Of any content. queries: the first tokens, whose results are wanted
        Projected(std::size_t tokens, std::size_t queries, std::size_t width)
            : query(queries, width), key(tokens, width), value(tokens, width) {}

        Tokens query;       // [Q x D]
        Tokens key, value;  // [T x D]
    };

    Attention(const AttentionWeights& weights, std::size_t heads, Precision precision);

    /// The linear layers before attention, for some of an image's tokens.
    ///
    /// x  [rows.size() x D]: the tokens `rows`
    void project(const Operand& x, const Range& rows, Projected& projected) const;

    /// returns  what x += adds to the tokens `queries`
    Addend operator()(const Projected& projected, const Range& queries) const;

private:
    std::size_t heads_;
    Linear query_, key_, value_, proj_;
};

}  // namespace melvit::nn
