#pragma once

#include "melvit/nn/vector.h"

namespace melvit::nn {

/// x (1 + erf(x / sqrt 2)) / 2, the exact GELU, to 3e-7 of max(1, |x|).
///
/// source  Hendrycks, Gimpel 2016, "Gaussian Error Linear Units"; half of erf is taken as x P(x^2) / Q(x^2),
///         which is off by 1e-8 before rounding: tools/fit_gelu.py
inline Vector gelu(Vector x) {
    constexpr float kEnd = 5.65F;  // half of erf is 0.5 here, to float's precision
    const Vector end = Vector{} + kEnd;
    const Vector z = smaller_of(end, larger_of(-end, x));
    const Vector t = z * z;
    Vector p = 2.1812912e-8F * t + 6.4104759e-6F;
    p = p * t + 0.00017945273F;
    p = p * t + 0.0047408672F;
    p = p * t + 0.034909634F;
    p = p * t + 0.39894213F;
    Vector q = 1.1745648e-6F * t + 7.6988942e-5F;
    q = q * t + 0.0019442804F;
    q = q * t + 0.029248122F;
    q = q * t + 0.25417036F;
    q = q * t + 1.0F;
    return x * (z * p / q + 0.5F);
}

}  // namespace melvit::nn
