#include "melvit/nn/softmax.h"

#include "melvit/nn/exponential.h"
#include "melvit/nn/lanes.h"

#include <algorithm>
#include <array>
#include <limits>

namespace melvit::nn {

float exponentiate_row(std::span<float> scores, float scale) {
    const std::size_t whole = scores.size() / kLanes * kLanes;
    // What fills the last register up has no weight.
    std::array<float, kLanes> rest;
    std::ranges::fill(rest, -std::numeric_limits<float>::infinity());
    std::copy(scores.begin() + static_cast<std::ptrdiff_t>(whole), scores.end(), rest.begin());
    Vector highest = load(rest.data());
    for (std::size_t i = 0; i < whole; i += kLanes) {
        const Vector x = load(scores.data() + i);
        highest = x > highest ? x : highest;
    }
    const Vector top = Vector{} + joined_lanes(highest, [](float a, float b) { return std::max(a, b); });
    const auto weights_of = [&](const float* from) { return exp_of_negative((load(from) - top) * scale); };
    Vector sum = weights_of(rest.data());
    store(sum, rest.data());
    for (std::size_t i = 0; i < whole; i += kLanes) {
        const Vector e = weights_of(scores.data() + i);
        store(e, scores.data() + i);
        sum += e;
    }
    std::copy_n(rest.begin(), scores.size() - whole, scores.begin() + static_cast<std::ptrdiff_t>(whole));
    return joined_lanes(sum, [](float a, float b) { return a + b; });
}

}  // namespace melvit::nn
