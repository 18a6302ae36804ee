#pragma once

#include "melvit/core/export.h"
#include "melvit/core/matrix.h"
#include "melvit/spectrum/picture.h"

#include <array>

namespace melvit {

/// What the body sees: three normalised channels of 224 x 224.
struct Image {
    static constexpr int kSize = 224;
    AlignedFloats values;  ///< [3 x 224 x 224]: channel, row, column
};

/// A rectangle of a picture, in pixels; what lies outside the picture reads as black (torchvision's
/// centre crop pads with zero).
struct Crop {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;
};

/// Mean and deviation of each channel, in units of [0, 1] colour.
struct Normalisation {
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};
};

/// The crop of a picture, scaled to [0, 1], resized to 224 x 224 (bilinear, antialiased), normalised.
///
/// source  torchvision.transforms on float tensors: crop, Resize(224, BILINEAR, antialias=True), Normalize
MELVIT_API Image to_image(const Picture& picture, const Crop& crop, const Normalisation& normalisation);

}  // namespace melvit
