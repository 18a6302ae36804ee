#include "melvit/nn/attention.h"

#include "melvit/nn/gemm.h"
#include "melvit/nn/softmax.h"

#include <cassert>
#include <cmath>

namespace melvit::nn {
namespace {

/// The layer of one third of the outputs: 0 = queries, 1 = keys, 2 = values.
Linear third_of(const LinearWeights& qkv, std::size_t third, std::size_t rows) {
    const std::size_t D = qkv.weight.columns();
    const Range outputs{third * D, (third + 1) * D};
    return Linear({rows_of(qkv.weight, outputs), columns_of(qkv.bias, outputs)}, rows);
}

}  // namespace

Attention::Attention(const AttentionWeights& weights, const AttentionShape& shape)
    : shape_(shape),
      query_(third_of(weights.qkv, 0, shape.queries)),
      key_(third_of(weights.qkv, 1, shape.tokens)),
      value_(third_of(weights.qkv, 2, shape.tokens)),
      proj_(weights.proj, shape.queries, After::add) {
    assert(proj_.inputs() % shape.heads == 0);
    assert(shape.queries <= shape.tokens);
}

// T = tokens, Q = queries, D = width, d = width of a head
Addend Attention::operator()(const Tokens& x) const {
    const auto [heads, T, Q] = shape_;
    const std::size_t D = x.columns();
    const std::size_t d = D / heads;
    const float scale = 1.0F / std::sqrt(static_cast<float>(d));
    const Tokens query = query_(x);              // [Q x D]
    const Tokens key = key_(x);                  // [T x D]
    const Tokens value = value_(x);              // [T x D]
    Tokens scores(x.workspace(), Q, padded(T));  // [Q x T]
    Tokens attended(x.workspace(), Q, D);        // [Q x D]
    for (std::size_t head = 0; head < heads; ++head) {
        const Factor q{query.data() + head * d, D};
        const Factor k_transposed{key.data() + head * d, D, true};
        const Factor v{value.data() + head * d, D};
        sgemm({.rows = Q, .columns = T, .inner = d, .alpha = scale}, q, k_transposed, scores.data(),
              padded(T));
        softmax_rows(scores.data(), Q, T);
        sgemm({.rows = Q, .columns = d, .inner = T}, {scores.data(), padded(T)}, v,
              attended.data() + head * d, D);
    }
    return {proj_, std::move(attended)};
}

}  // namespace melvit::nn
