#include "melvit/kernels/level/rows.h"

#include "melvit/kernels/level/bf16.h"
#include "melvit/kernels/level/softmax.h"

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

/// The sum of term(x[i]) over a row. Four sums side by side, because an addition takes four cycles; `term`
/// works on a register as on one float.
template <class Term>
float sum_of(const float* x, std::size_t count, const Term& term) {
    constexpr std::size_t kSums = 4;
    Floats sums[kSums] = {};
    std::size_t i = 0;
    for (; i + kSums * kLanes <= count; i += kSums * kLanes) {
        for (std::size_t s = 0; s < kSums; ++s) sums[s] += term(load(x + i + s * kLanes));
    }
    float rest = 0.0F;
    for (; i < count; ++i) rest += term(x[i]);
    const Floats lanes = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t lane = 0; lane < kLanes; ++lane) rest += lanes[lane];
    return rest;
}

/// The range of a row, 0 in it.
struct Extremes {
    float least = 0.0F;
    float largest = 0.0F;
    bool finite = true;
};

Extremes extremes_of(const float* x, std::size_t count) {
    constexpr std::size_t kSide = 2;  // registers side by side, because a comparison takes some cycles
    Floats least[kSide] = {};
    Floats largest[kSide] = {};
    Floats zeros[kSide] = {};  // NaN where a number is not finite: comparisons pass over a NaN
    const auto take = [&](std::size_t s, Floats value) {
        least[s] = smaller_of(value, least[s]);
        largest[s] = larger_of(value, largest[s]);
        zeros[s] += value * 0.0F;
    };
    std::size_t i = 0;
    for (; i + kSide * kLanes <= count; i += kSide * kLanes) {
        for (std::size_t s = 0; s < kSide; ++s) take(s, load(x + i + s * kLanes));
    }
    for (; i < count; i += kLanes) {
        const std::size_t left = lesser(kLanes, count - i);
        take(0, left == kLanes ? load(x + i) : load_some(x + i, left));
    }
    for (std::size_t s = 1; s < kSide; ++s) {
        least[0] = smaller_of(least[s], least[0]);
        largest[0] = larger_of(largest[s], largest[0]);
        zeros[0] += zeros[s];
    }
    return {joined_lanes(least[0], smaller_of), joined_lanes(largest[0], larger_of),
            sum_of_lanes(zeros[0]) == 0.0F};
}

/// A row's least number (or 0) becomes 0, its largest 255.
template <class Value>
QuantParams quantise(const float* x, std::size_t count, Value* q) {
    constexpr float kLargest = 255.0F;
    constexpr float kLeastNormal = 1.17549435e-38F;
    const Extremes extremes = extremes_of(x, count);
    const float range = extremes.largest - extremes.least;
    if (!extremes.finite || !(range < kInfinity)) {
        for (std::size_t i = 0; i < count; ++i) q[i] = 0;
        return {__builtin_nanf(""), 1};
    }
    // A range below this one would make 1 / scale infinite; such a row is as good as all zeros.
    const float step = range / kLargest;
    const float scale = step > kLeastNormal ? step : kLeastNormal;
    const float inverse = 1.0F / scale;
    const float zero = __builtin_nearbyintf(-extremes.least * inverse);
    for (std::size_t i = 0; i < count; ++i) {
        const float value = x[i] * inverse + (zero + 0.5F);
        q[i] = static_cast<Value>(static_cast<std::int32_t>(value < kLargest ? value : kLargest));
    }
    return {scale, static_cast<std::int32_t>(zero)};
}

}  // namespace

void layer_norm(const float* x, std::size_t count, const float* weight, const float* bias, float epsilon,
                float* y) {
    const auto n = static_cast<float>(count);
    const float mean = sum_of(x, count, [](auto value) { return value; }) / n;
    const float variance =
        sum_of(x, count, [mean](auto value) { return (value - mean) * (value - mean); }) / n;
    const float scale = 1.0F / __builtin_sqrtf(variance + epsilon);
    for (std::size_t i = 0; i < count; ++i) y[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

QuantParams quantise_u8(const float* x, std::size_t count, std::uint8_t* q) {
    return quantise(x, count, q);
}

QuantParams quantise_s16(const float* x, std::size_t count, std::int16_t* q) {
    return quantise(x, count, q);
}

void add_weighted_bytes(const std::uint8_t* x, std::size_t count, float weight, float* y) {
    for (std::size_t i = 0; i < count; ++i) y[i] += weight * static_cast<float>(x[i]);
}

void row_to_bf16(const float* x, std::size_t count, std::uint16_t* y) {
    to_bf16(x, count, y);
}

void round_row_to_bf16(const float* x, std::size_t count, float* y) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t bits = static_cast<std::uint32_t>(bf16_of(x[i])) << 16U;
        std::memcpy(y + i, &bits, sizeof bits);
    }
}

float exponentiate_row(float* scores, std::size_t count, float scale) {
    return exponentiate(scores, count, scale, highest_score(scores, count));
}

void gelu_row(const float* x, std::size_t count, float* y) {
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes) store(gelu(load(x + i)), y + i);
    if (i < count) store_some(gelu(load_some(x + i, count - i)), y + i, count - i);
}

}  // namespace melvit::kernels::MELVIT_LEVEL
