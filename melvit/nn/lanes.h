#pragma once

#include "melvit/nn/vector.h"

#include <array>
#include <cstddef>

namespace melvit::nn {

/// One number of all lanes: a tree, because the steps of a chain wait for each other.
template <class Join>
float joined_lanes(Vector x, const Join& join) {
    std::array<float, kLanes> lanes;
    store(x, lanes.data());
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
        for (std::size_t i = 0; i < half; ++i) lanes[i] = join(lanes[i], lanes[i + half]);
    }
    return lanes[0];
}

}  // namespace melvit::nn
