#pragma once

#include "melvit/nn/vector.h"

#include <bit>
#include <cstdint>

namespace melvit::nn {

/// x rounded to bf16, ties to even: the upper half of its bits. A NaN stays one.
inline std::uint16_t to_bf16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    return static_cast<std::uint16_t>(x == x ? rounded : 0x7FC0U);
}

inline float from_bf16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

inline float rounded_to_bf16(float x) {
    return from_bf16(to_bf16(x));
}

}  // namespace melvit::nn
