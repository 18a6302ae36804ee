#include "melvit/spectrum/crops.h"

#include <algorithm>
#include <cmath>

namespace melvit {
namespace {

constexpr int kStudyWidth = 348;
constexpr int kStudyHeight = 218;

int rounded(double value) {
    return static_cast<int>(std::lround(value));
}

/// Where a crop of one axis begins: as CenterCrop, which first pads what is too small, the odd pixel at the
/// end.
int centre_start(int size, int crop) {
    if (crop > size) return -((crop - size) / 2);
    return static_cast<int>(std::nearbyint((size - crop) / 2.0));  // halves to even, as Python's round
}

/// From the axes' left edge to a window's, in pixels of the study's picture.
int left_pixels(const PictureFrontEnd& front_end, int window) {
    const int gaps = front_end.crop_count - 1;
    const double share = gaps == 0 ? 0.5 : static_cast<double>(window) / gaps;
    return rounded(share * (StudyGeometry::kAxesWidth - front_end.crop_width));
}

}  // namespace

Crop centre_crop(const Picture& picture, int width, int height) {
    return {centre_start(picture.width, width), centre_start(picture.height, height), width, height};
}

std::vector<Crop> crops_of(const Picture& picture, const PictureFrontEnd& front_end) {
    if (front_end.crops == "study") return {centre_crop(picture, kStudyWidth, kStudyHeight)};
    using G = StudyGeometry;
    const double across = static_cast<double>(picture.width) / G::kWidth;
    const double down = static_cast<double>(picture.height) / G::kHeight;
    std::vector<Crop> crops;
    for (int i = 0; i < front_end.crop_count; ++i) {
        const int left = G::kAxesLeft + left_pixels(front_end, i);
        const Crop window{rounded(left * across), rounded(G::kAxesTop * down),
                          std::max(1, rounded(front_end.crop_width * across)),
                          std::max(2, rounded(G::kAxesHeight * down))};
        crops.push_back(window);
        if (!front_end.halves) continue;
        const int half = window.height / 2;
        crops.push_back({window.left, window.top + window.height - half, window.width, half});  // low
        crops.push_back({window.left, window.top, window.width, half});                         // high
    }
    return crops;
}

double window_left(const PictureFrontEnd& front_end, int window) {
    return static_cast<double>(left_pixels(front_end, window)) / StudyGeometry::kAxesWidth;
}

}  // namespace melvit
