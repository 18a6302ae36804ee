#include "melvit/nn/softmax.h"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace melvit::nn {
namespace {

using Integers [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;

/// exp(x) for x <= 0, to 2 units in the last place; 0 below -87, where floats lose their precision.
///
/// source  exp(x) = 2^n exp(r) with |r| <= ln(2) / 2, as in Moshier's Cephes library; the polynomial is Taylor's
Vector exp_of_negative(Vector x) {
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
    const Integers exponent = (reinterpret_cast<Integers>(shifted) << 23U) + (127U << 23U);
    const Vector result = p * reinterpret_cast<Vector>(exponent);
    return x < -87.0F ? Vector{} : result;
}

float maximum(Vector lanes) {
    float result = lanes[0];
    for (std::size_t lane = 1; lane < kLanes; ++lane) result = std::max(result, lanes[lane]);
    return result;
}

void softmax_row(float* row, std::size_t stride) {
    Vector highest = load(row);
    for (std::size_t i = kLanes; i < stride; i += kLanes) {
        const Vector x = load(row + i);
        highest = x > highest ? x : highest;
    }
    const float top = maximum(highest);
    Vector sums{};
    for (std::size_t i = 0; i < stride; i += kLanes) {
        const Vector e = exp_of_negative(load(row + i) - top);
        store(e, row + i);
        sums += e;
    }
    float sum = 0.0F;
    for (std::size_t lane = 0; lane < kLanes; ++lane) sum += sums[lane];
    const float scale = 1.0F / sum;
    for (std::size_t i = 0; i < stride; i += kLanes) store(load(row + i) * scale, row + i);
}

}  // namespace

void softmax_rows(float* scores, std::size_t rows, std::size_t columns) {
    const std::size_t stride = padded(columns);
    for (std::size_t r = 0; r < rows; ++r) {
        float* row = scores + r * stride;
        std::fill(row + columns, row + stride, -std::numeric_limits<float>::infinity());
        softmax_row(row, stride);
    }
}

}  // namespace melvit::nn
