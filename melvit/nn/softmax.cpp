#include "melvit/nn/softmax.h"

#include "melvit/nn/exponential.h"
#include "melvit/nn/lanes.h"

#include <functional>
#include <limits>

namespace melvit::nn {

float exponentiate_row(float* scores, std::size_t count, float scale) {
    const std::size_t last = (count - 1) / kLanes * kLanes;  // first score of the last register
    // What fills the last register up has no weight.
    const auto in_last = static_cast<std::int32_t>(count - last);
    const Vector nothing = Vector{} - std::numeric_limits<float>::infinity();
    const Vector rest = lane_numbers() < in_last ? load(scores + last) : nothing;
    Vector highest = rest;
    for (std::size_t i = 0; i < last; i += kLanes) highest = larger_of(load(scores + i), highest);
    const Vector top = Vector{} + joined_lanes(highest, larger_of);
    const auto weights_of = [&](Vector x) { return exp_of_negative((x - top) * scale); };
    Vector sum = weights_of(rest);
    store(sum, scores + last);
    for (std::size_t i = 0; i < last; i += kLanes) {
        const Vector e = weights_of(load(scores + i));
        store(e, scores + i);
        sum += e;
    }
    return joined_lanes(sum, std::plus<>());
}

}  // namespace melvit::nn
