#pragma once

#include "melvit/core/config.h"
#include "melvit/core/export.h"
#include "melvit/core/matrix.h"
#include "melvit/spectrum/picture.h"

#include <array>
#include <cstddef>
#include <string>
#include <tuple>

namespace melvit {

/// The size of what a body sees; the defaults are those of pictures.
struct InputShape {
    int channels = 3;
    int rows = 224;     ///< of spectrograms: frequencies
    int columns = 224;  ///< of spectrograms: times

    static constexpr auto fields() {
        return std::tuple{Field{"channels", &InputShape::channels, "channels of an image"},
                          Field{"rows", &InputShape::rows, "rows of an image"},
                          Field{"columns", &InputShape::columns, "columns of an image"}};
    }

    /// Numbers in an image.
    std::size_t size() const {
        return static_cast<std::size_t>(channels) * static_cast<std::size_t>(rows) *
               static_cast<std::size_t>(columns);
    }
    bool operator==(const InputShape&) const = default;
};

/// What to_image makes.
inline constexpr InputShape kPictureInput{.channels = 3, .rows = 224, .columns = 224};

/// "3 x 224 x 224"
MELVIT_API std::string text_of(const InputShape& shape);

/// What the body sees: normalised channels.
struct Image {
    InputShape shape;
    AlignedFloats values;  ///< [channels x rows x columns]
};

/// A rectangle of a picture, in pixels; what lies outside the picture reads as black (torchvision's
/// centre crop pads with zero).
struct Crop {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;
};

/// Mean and standard deviation of each channel, in units of [0, 1] colour.
struct Normalisation {
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> standard_deviation{0.229F, 0.224F, 0.225F};
};

/// The crop of a picture, scaled to [0, 1], resized to 224 x 224 (bilinear, antialiased), normalised.
///
/// source  torchvision.transforms on float tensors: crop, Resize(224, BILINEAR, antialias=True), Normalize
MELVIT_API Image to_image(const Picture& picture, const Crop& crop, const Normalisation& normalisation);

}  // namespace melvit
