#pragma once

#include "melvit/nn/vector.h"

#include <cstddef>
#include <utility>

namespace melvit::nn {

/// The number of the lane in each lane: 0, 1, ...
inline Integers lane_numbers() {
    Integers numbers;
    for (std::size_t lane = 0; lane < kLanes; ++lane) numbers[lane] = static_cast<std::int32_t>(lane);
    return numbers;
}

/// Lane i of the result is lane i + kBy of x, around the end.
template <std::size_t kBy, std::size_t... I>
Vector rotated_lanes(Vector x, std::index_sequence<I...>) {
    return __builtin_shufflevector(x, x, ((I + kBy) % kLanes)...);
}

/// One number of all lanes: lanes half a register apart are joined, then a quarter, and so on. A tree, as the
/// steps of a chain wait for each other.
///
/// join  of two registers, lane by lane
template <std::size_t kHalf = kLanes / 2, class Join>
float joined_lanes(Vector x, const Join& join) {
    if constexpr (kHalf == 0) {
        return x[0];
    } else {
        const Vector other = rotated_lanes<kHalf>(x, std::make_index_sequence<kLanes>{});
        return joined_lanes<kHalf / 2>(join(x, other), join);
    }
}

}  // namespace melvit::nn
