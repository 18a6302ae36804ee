#pragma once

#include "melvit/nn/exponential.h"

namespace melvit::nn {

/// x (1 + erf(x / sqrt 2)) / 2, the exact GELU, to 1e-7 of max(1, |x|).
///
/// source  Hendrycks, Gimpel 2016, "Gaussian Error Linear Units"; erf by Abramowitz and Stegun, 7.1.26
inline Vector gelu(Vector x) {
    constexpr float kInverseSqrt2 = 0.707106781F;
    const Vector z = (x < 0.0F ? -x : x) * kInverseSqrt2;
    const Vector t = 1.0F / (1.0F + 0.3275911F * z);
    Vector p = 1.061405429F * t - 1.453152027F;
    p = p * t + 1.421413741F;
    p = p * t - 0.284496736F;
    p = p * t + 0.254829592F;
    const Vector complement = p * t * exp_of_negative(-z * z);  // 1 - erf(z)
    return 0.5F * x * (x < 0.0F ? complement : 2.0F - complement);
}

}  // namespace melvit::nn
