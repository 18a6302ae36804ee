#include "melvit/nn/quantised_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace melvit::nn {

QuantisedWeights quantise_weights(ConstMatrixView weight, std::size_t padding) {
    constexpr float kLargest = 127.0F;
    QuantisedWeights quantised;
    quantised.values.resize(weight.size());
    quantised.scale.resize(weight.rows() + padding);
    quantised.sums.resize(weight.rows() + padding);
    for (std::size_t o = 0; o < weight.rows(); ++o) {
        float largest = 0.0F;
        bool finite = true;
        for (const float w : weight.row(o)) {
            largest = std::max(largest, std::abs(w));
            finite = finite && std::isfinite(w);
        }
        // Weights that are no numbers must not become some.
        quantised.scale[o] = finite ? largest / kLargest : std::numeric_limits<float>::quiet_NaN();
        if (!finite || largest == 0.0F) continue;
        for (std::size_t i = 0; i < weight.columns(); ++i) {
            const auto value = static_cast<std::int8_t>(std::lround(weight(o, i) / largest * kLargest));
            quantised.values[o * weight.columns() + i] = value;
            quantised.sums[o] += value;
        }
    }
    return quantised;
}

}  // namespace melvit::nn
