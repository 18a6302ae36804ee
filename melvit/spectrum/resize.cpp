#include "melvit/spectrum/resize.h"

#include <algorithm>
#include <cmath>

namespace melvit {
namespace {

/// filter  the weight at a distance of 0 to `half_base`, in pixels of the coarser of the two
template <class Filter>
std::vector<Tap> filtered_taps(int input_size, int output_size, float half_base, Filter filter) {
    const float scale = static_cast<float>(input_size) / static_cast<float>(output_size);
    const float pixel_width = std::max(scale, 1.0F);  // of the coarser one, input pixels
    const float reach = half_base * pixel_width;
    std::vector<Tap> taps;
    for (int i = 0; i < output_size; ++i) {
        const float centre = scale * (static_cast<float>(i) + 0.5F);
        Tap tap;
        tap.first = std::max(static_cast<int>(centre - reach + 0.5F), 0);
        const int end = std::min(static_cast<int>(centre + reach + 0.5F), input_size);
        float sum = 0;
        for (int pixel = tap.first; pixel < end; ++pixel) {
            const float distance = std::abs(static_cast<float>(pixel) - centre + 0.5F) / pixel_width;
            tap.weights.push_back(filter(distance));
            sum += tap.weights.back();
        }
        for (float& weight : tap.weights) weight /= sum;
        taps.push_back(std::move(tap));
    }
    return taps;
}

}  // namespace

std::vector<Tap> bilinear_taps(int input_size, int output_size) {
    return filtered_taps(input_size, output_size, 1.0F,
                         [](float distance) { return std::max(1.0F - distance, 0.0F); });
}

std::vector<Tap> bicubic_taps(int input_size, int output_size) {
    return filtered_taps(input_size, output_size, 2.0F, [](float x) {
        constexpr float a = -0.5F;
        if (x < 1.0F) return ((a + 2.0F) * x - (a + 3.0F)) * x * x + 1.0F;
        if (x < 2.0F) return ((x - 5.0F) * x + 8.0F) * x * a - 4.0F * a;
        return 0.0F;
    });
}

}  // namespace melvit
