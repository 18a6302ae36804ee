#pragma once

#include <span>

namespace melvit::nn {

/// Makes scores exp(scale (score - highest)): softmax, but for the division by their sum, which it returns.
/// Scores that hold a NaN or an infinity become NaN, and so does their sum.
///
/// scores  1 or more
/// scale   positive
float exponentiate_row(std::span<float> scores, float scale);

}  // namespace melvit::nn
