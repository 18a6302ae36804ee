#include "melvit/spectrum/resize.h"

#include <algorithm>
#include <cmath>

namespace melvit {

std::vector<Tap> bilinear_taps(int input_size, int output_size) {
    const float scale = static_cast<float>(input_size) / static_cast<float>(output_size);
    const float reach = std::max(scale, 1.0F);  // half the base of the triangle, input pixels
    std::vector<Tap> taps;
    for (int i = 0; i < output_size; ++i) {
        const float centre = scale * (static_cast<float>(i) + 0.5F);
        Tap tap;
        tap.first = std::max(static_cast<int>(centre - reach + 0.5F), 0);
        const int end = std::min(static_cast<int>(centre + reach + 0.5F), input_size);
        float sum = 0;
        for (int pixel = tap.first; pixel < end; ++pixel) {
            const float distance = std::abs(static_cast<float>(pixel) - centre + 0.5F) / reach;
            tap.weights.push_back(std::max(1.0F - distance, 0.0F));
            sum += tap.weights.back();
        }
        for (float& weight : tap.weights) weight /= sum;
        taps.push_back(std::move(tap));
    }
    return taps;
}

}  // namespace melvit
