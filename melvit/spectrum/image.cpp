#include "melvit/spectrum/image.h"

#include "melvit/kernels/kernels.h"
#include "melvit/spectrum/resize.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <fmt/format.h>
#include <vector>

// W = width of the crop; three colours lie side by side in a row of a picture, apart in an image

namespace melvit {
namespace {

/// sum += weight * the part of a row of the picture that the crop covers; outside the picture is black.
///
/// sum  [W x 3]
void add_row(const Picture& picture, int row, const Crop& crop, float weight, std::vector<float>& sum) {
    if (row < 0 || row >= picture.height) return;
    const int begin = std::max(crop.left, 0);
    const int end = std::min(crop.left + crop.width, picture.width);
    if (begin >= end) return;
    const std::uint8_t* from =
        picture.rgb.data() + (static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.width) +
                              static_cast<std::size_t>(begin)) *
                                 3;
    float* to = sum.data() + static_cast<std::size_t>(begin - crop.left) * 3;
    const auto count = static_cast<std::size_t>(end - begin) * 3;
    kernels::kernels().add_weighted_bytes(from, count, weight, to);
}

/// One output row from a row of the crop's width.
///
/// row  [W x 3], 0 ... 255
/// out  where the row begins in the first channel
void resize_row(const std::vector<float>& row, const std::vector<Tap>& taps,
                const Normalisation& normalisation, float* out) {
    constexpr std::size_t kChannel = std::size_t{kPictureInput.rows} * kPictureInput.columns;
    for (std::size_t x = 0; x < taps.size(); ++x) {
        float sum[3] = {};
        const float* pixel = row.data() + static_cast<std::size_t>(taps[x].first) * 3;
        for (const float weight : taps[x].weights) {
            for (std::size_t channel = 0; channel < 3; ++channel) sum[channel] += weight * pixel[channel];
            pixel += 3;
        }
        for (std::size_t channel = 0; channel < 3; ++channel) {
            out[channel * kChannel + x] = (sum[channel] / 255.0F - normalisation.mean[channel]) /
                                          normalisation.standard_deviation[channel];
        }
    }
}

}  // namespace

std::string text_of(const InputShape& shape) {
    return fmt::format("{} x {} x {}", shape.channels, shape.rows, shape.columns);
}

Image to_image(const Picture& picture, const Crop& crop, const Normalisation& normalisation) {
    assert(crop.width > 0 && crop.height > 0);
    constexpr std::size_t kColumns{kPictureInput.columns};
    const std::vector<Tap> columns = bilinear_taps(crop.width, kPictureInput.columns);
    const std::vector<Tap> rows = bilinear_taps(crop.height, kPictureInput.rows);
    Image image{kPictureInput, AlignedFloats(kPictureInput.size())};
    std::vector<float> row(static_cast<std::size_t>(crop.width) * 3);  // [W x 3]
    for (std::size_t y = 0; y < rows.size(); ++y) {
        std::fill(row.begin(), row.end(), 0.0F);
        int source = crop.top + rows[y].first;
        for (const float weight : rows[y].weights) add_row(picture, source++, crop, weight, row);
        resize_row(row, columns, normalisation, image.values.data() + y * kColumns);
    }
    return image;
}

}  // namespace melvit
