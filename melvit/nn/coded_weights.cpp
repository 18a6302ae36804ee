#include "melvit/nn/coded_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace melvit::nn {

CodedWeights encode_weights(ConstMatrixView weight, std::size_t padding) {
    constexpr float kLargestCode = 127.0F;
    CodedWeights coded;
    coded.codes.resize(weight.size());
    coded.scale.resize(weight.rows() + padding);
    coded.code_sums.resize(weight.rows() + padding);
    for (std::size_t o = 0; o < weight.rows(); ++o) {
        float largest = 0.0F;
        bool finite = true;
        for (const float w : weight.row(o)) {
            largest = std::max(largest, std::abs(w));
            finite = finite && std::isfinite(w);
        }
        // Weights that are no numbers must not become some.
        coded.scale[o] = finite ? largest / kLargestCode : std::numeric_limits<float>::quiet_NaN();
        if (!finite || largest == 0.0F) continue;
        for (std::size_t i = 0; i < weight.columns(); ++i) {
            const auto code = static_cast<std::int8_t>(std::lround(weight(o, i) / largest * kLargestCode));
            coded.codes[o * weight.columns() + i] = code;
            coded.code_sums[o] += code;
        }
    }
    return coded;
}

}  // namespace melvit::nn
