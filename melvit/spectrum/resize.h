#pragma once

#include <cstddef>
#include <vector>

namespace melvit {

/// The input pixels that one output pixel is made of, along one axis.
struct Tap {
    int first = 0;               ///< index of the first input pixel
    std::vector<float> weights;  ///< they sum to 1
};

/// Weights of a bilinear resize with antialiasing: a triangle as wide as two output pixels where the picture
/// shrinks, as two input pixels where it grows.
///
/// returns  one Tap for each output pixel
/// source   PyTorch's upsample_bilinear2d_aa (align_corners=False), what torchvision's Resize(antialias=True)
///          does to a tensor
std::vector<Tap> bilinear_taps(int input_size, int output_size);

/// The same with a cubic of twice the width, whose outer parts are negative.
///
/// source  PyTorch's upsample_bicubic2d_aa (align_corners=False); Keys 1981, "Cubic convolution interpolation
///         for digital image processing", a = -0.5
std::vector<Tap> bicubic_taps(int input_size, int output_size);

}  // namespace melvit
