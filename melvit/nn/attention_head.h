#pragma once

#include "melvit/nn/precision.h"
#include "melvit/nn/tokens.h"

#include <cstddef>

namespace melvit::nn {

/// Queries of a head that are attended at a time, 6 or 32: their scores, 6 or 32 KB, stay in the first cache.
std::size_t queries_at_a_time(Precision precision);

/// The format of the factors, bf16 or fp32, that attend takes for a precision on this processor.
Precision attention_factors(Precision precision);

/// One head of attention: attended = softmax(query key^T / sqrt(d)) value. Where the precision is less than
/// fp32 and the processor has fast products of bf16, the four factors are rounded to it; sums and softmax are
/// fp32. A query's result does not depend on the others.
///
/// query       [Q x d]
/// key, value  [T x d]
/// attended    [Q x d]
void attend(const Rows& query, const Rows& key, const Rows& value, const Rows& attended, Precision precision);

}  // namespace melvit::nn
