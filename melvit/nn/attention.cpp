#include "melvit/nn/attention.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"
#include "melvit/nn/attention_head.h"

#include <algorithm>
#include <cassert>
#include <utility>

// T = tokens, Q = queries, D = width, d = width of a head

namespace melvit::nn {
namespace {

/// The layers of one third of the outputs, 0 = queries, 1 = keys, 2 = values: one for each head.
std::vector<Linear> third_of(const LinearWeights& qkv, std::size_t third, std::size_t heads,
                             Precision precision) {
    const std::size_t d = qkv.weight.columns() / heads;
    std::vector<Linear> layers;
    for (std::size_t head = 0; head < heads; ++head) {
        const std::size_t first = (third * heads + head) * d;
        const Range outputs{first, first + d};
        layers.emplace_back(LinearWeights{rows_of(qkv.weight, outputs), columns_of(qkv.bias, outputs)},
                            precision);
    }
    return layers;
}

/// Pieces that the steps through a head's queries are dealt out to, each with the keys and values packed
/// anew: more where threads would be idle.
std::size_t pieces_of(std::size_t heads, std::size_t steps) {
    const std::size_t threads = free_threads();
    if (threads == 1) return 1;
    return std::clamp<std::size_t>(4 * threads / heads, 1, steps);
}

}  // namespace

/// Q, K and V of one image, head after head.
struct Attention::Projected {
    Projected(std::size_t tokens_, std::size_t queries_, std::size_t heads, std::size_t d)
        : tokens(tokens_),
          queries(queries_),
          query(heads * queries, d),
          key(heads * tokens, d),
          value(heads * tokens, d) {}

    Rows query_of(std::size_t head) { return query.slice({head * queries, (head + 1) * queries}); }
    Rows key_of(std::size_t head) { return key.slice({head * tokens, (head + 1) * tokens}); }
    Rows value_of(std::size_t head) { return value.slice({head * tokens, (head + 1) * tokens}); }

    std::size_t tokens, queries;
    Tokens query;       // [heads x Q x d]
    Tokens key, value;  // [heads x T x d]
};

Attention::Attention(const AttentionWeights& weights, std::size_t heads, Precision precision)
    : heads_(heads),
      query_(third_of(weights.qkv, 0, heads, precision)),
      key_(third_of(weights.qkv, 1, heads, precision)),
      value_(third_of(weights.qkv, 2, heads, precision)),
      proj_(weights.proj, precision) {
    assert(weights.proj.weight.columns() % heads == 0);
}

Attention::Projected Attention::project(const OperandRows& x, std::size_t queries) const {
    Projected projected(x.rows, queries, heads_, x.columns / heads_);
    std::vector<LinearCall> calls;
    for (std::size_t head = 0; head < heads_; ++head) {
        calls.push_back({query_[head], projected.query_of(head), x});
        calls.push_back({key_[head], projected.key_of(head), x});
        calls.push_back({value_[head], projected.value_of(head), x});
    }
    run_side_by_side(calls);
    return projected;
}

ResidualLinear::Sum Attention::operator()(const OperandRows& x, std::size_t queries) const {
    const std::size_t D = x.columns;
    const std::size_t d = D / heads_;
    Projected projected = project(x, queries);
    Tokens attended(queries, D);
    const std::size_t together = queries_at_a_time(x.precision);
    const std::size_t steps = divided_up(queries, together);
    const std::size_t pieces = pieces_of(heads_, steps);
    parallel_for(heads_ * pieces, [&](std::size_t task) {
        const std::size_t number = task / pieces;
        const Range part = equal_part(steps, task % pieces, pieces);
        const Range some{part.begin * together, std::min(part.end * together, queries)};
        attend(projected.query_of(number).slice(some), projected.key_of(number), projected.value_of(number),
               Rows(attended).columns_from({number * d, (number + 1) * d}).slice(some), x.precision);
    });
    return proj_(Operand(std::move(attended), proj_.precision()));
}

}  // namespace melvit::nn
