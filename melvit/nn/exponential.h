#pragma once

#include "melvit/nn/vector.h"

namespace melvit::nn {

/// exp(x) for x <= 0, to 2 units in the last place; 0 below -87, where floats lose their precision. NaN of a
/// NaN.
///
/// source  exp(x) = 2^n exp(r) with |r| <= ln(2) / 2, as in Moshier's Cephes library; the polynomial is
///         Taylor's
inline Vector exp_of_negative(Vector x) {
    constexpr float kLog2E = 1.44269504F;
    constexpr float kLn2High = 0.693359375F;  // few bits, so that n kLn2High is exact
    constexpr float kLn2Low = -2.12194440e-4F;
    constexpr float kToInteger = 12582912.0F;  // 1.5 x 2^23: adding it rounds to the nearest integer
    const Vector shifted = x * kLog2E + kToInteger;
    const Vector n = shifted - kToInteger;
    const Vector r = (x - n * kLn2High) - n * kLn2Low;
    Vector p = r * (1.0F / 5040) + 1.0F / 720;
    p = p * r + 1.0F / 120;
    p = p * r + 1.0F / 24;
    p = p * r + 1.0F / 6;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    // The last bits of `shifted` are n; moved up they are the exponent of 2^n.
    const Integers exponent = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    const Vector result = p * reinterpret_cast<Vector>(exponent);
    return x < -87.0F ? Vector{} : result;
}

}  // namespace melvit::nn
