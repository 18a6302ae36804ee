#pragma once

#include <cstddef>

namespace melvit::nn {

/// Makes scores exp(scale (score - highest)): softmax, but for the division by their sum, which it returns.
/// Scores that hold a NaN or a positive infinity become NaN, and so does their sum; a negative infinity
/// beside others becomes 0.
///
/// scores  [count], in memory that goes on to the end of a register (kLanes): what is there becomes 0
/// count   1 or more
/// scale   positive
float exponentiate_row(float* scores, std::size_t count, float scale);

}  // namespace melvit::nn
