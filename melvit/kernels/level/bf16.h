#pragma once

#include "melvit/kernels/level/simd.h"

namespace melvit::kernels::MELVIT_LEVEL {

/// x rounded to bf16, ties to even: the upper half of its bits. A NaN stays one.
inline std::uint16_t bf16_of(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    return static_cast<std::uint16_t>(x == x ? rounded : 0x7FC0U);
}

inline void to_bf16(const float* x, std::size_t count, std::uint16_t* y) {
    for (std::size_t i = 0; i < count; ++i) y[i] = bf16_of(x[i]);
}

}  // namespace melvit::kernels::MELVIT_LEVEL
