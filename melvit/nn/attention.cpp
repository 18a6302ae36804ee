#include "melvit/nn/attention.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"

#include <algorithm>
#include <cassert>
#include <utility>

// T = tokens, Q = queries, D = width, d = width of a head

namespace melvit::nn {
namespace {

/// A layer of some of the outputs.
Linear part_of(const LinearWeights& qkv, const Range& outputs, Precision precision) {
    return {{rows_of(qkv.weight, outputs), columns_of(qkv.bias, outputs)}, precision};
}

/// Pieces that the blocks of a head's queries are dealt out to, each with the keys and values packed anew: more
/// where threads would be idle.
std::size_t pieces_of(std::size_t heads, std::size_t blocks) {
    const std::size_t threads = free_threads();
    if (threads == 1) return 1;
    return std::clamp<std::size_t>(4 * threads / heads, 1, blocks);
}

}  // namespace

Attention::Attention(const AttentionWeights& weights, std::size_t heads, Precision precision)
    : heads_(heads),
      query_(part_of(weights.qkv, {0, weights.qkv.weight.columns()}, precision)),
      key_value_(part_of(weights.qkv, {weights.qkv.weight.columns(), weights.qkv.weight.rows()}, precision)),
      proj_(weights.proj, precision) {
    assert(weights.proj.weight.columns() % heads == 0);
}

ResidualLinear::Sum Attention::operator()(const OperandRows& x, std::size_t queries) const {
    const std::size_t D = x.columns;
    const std::size_t d = D / heads_;
    Tokens query = query_(x.slice({0, queries}));  // [Q x D]
    Tokens key_value = key_value_(x);              // [T x 2D]
    Tokens attended(queries, D);
    const auto format = static_cast<std::size_t>(attention_format(x.precision));
    const kernels::Kernels& table = kernels::kernels();
    const std::size_t together = table.queries_at_a_time[format];
    const std::size_t blocks = divided_up(queries, together);
    const std::size_t pieces = pieces_of(heads_, blocks);
    parallel_for(heads_ * pieces, [&](std::size_t task) {
        const std::size_t column = task / pieces * d;
        const Range part = equal_part(blocks, task % pieces, pieces);
        const Range some{part.begin * together, std::min(part.end * together, queries)};
        if (some.size() == 0) return;
        ScratchBuffer scratch(table.attention_scratch[format](x.rows, d));
        table.attend[format]({.query = query.data() + some.begin * D + column,
                              .query_stride = D,
                              .queries = some.size(),
                              .key = key_value.data() + column,
                              .value = key_value.data() + D + column,
                              .key_stride = 2 * D,
                              .tokens = x.rows,
                              .width = d,
                              .out = attended.data() + some.begin * D + column,
                              .out_stride = D,
                              .scratch = scratch.as<std::byte>()});
    });
    return proj_(Operand(std::move(attended), proj_.precision()));
}

}  // namespace melvit::nn
