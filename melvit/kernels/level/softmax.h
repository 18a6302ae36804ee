#pragma once

#include "melvit/kernels/level/simd.h"

namespace melvit::kernels::MELVIT_LEVEL {

inline constexpr float kInfinity = __builtin_inff();

/// The register that holds the last of `count` scores; what fills it up has no weight.
inline Floats last_scores(const float* scores, std::size_t count) {
    const std::size_t last = (count - 1) / kLanes * kLanes;
    const auto in_last = static_cast<std::int32_t>(count - last);
    return lane_numbers() < in_last ? load(scores + last) : Floats{} - kInfinity;
}

/// scores  [count], 1 or more, in memory that goes on to the end of a register
inline float highest_score(const float* scores, std::size_t count) {
    const std::size_t last = (count - 1) / kLanes * kLanes;
    Floats highest = last_scores(scores, count);
    for (std::size_t i = 0; i < last; i += kLanes) highest = larger_of(load(scores + i), highest);
    return joined_lanes(highest, larger_of);
}

/// Makes scores exp(scale (score - top)) and returns their sum; what fills the last register up becomes 0.
inline float exponentiate(float* scores, std::size_t count, float scale, float top) {
    const std::size_t last = (count - 1) / kLanes * kLanes;
    const Floats tops = all(top);
    const auto weights_of = [tops, scale](Floats x) { return exp_of_negative((x - tops) * scale); };
    Floats sum = weights_of(last_scores(scores, count));
    store(sum, scores + last);
    for (std::size_t i = 0; i < last; i += kLanes) {
        const Floats e = weights_of(load(scores + i));
        store(e, scores + i);
        sum += e;
    }
    return sum_of_lanes(sum);
}

}  // namespace melvit::kernels::MELVIT_LEVEL
