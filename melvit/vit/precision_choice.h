#pragma once

#include "melvit/nn/precision_formats.h"
#include "melvit/spectrum/image.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// The least cosine to the features of fp32 that a precision may give: 0.999 in bf16, 0.99 in int8.
double least_cosine(Precision precision);

/// The cosine of the angle between two rows of features; NaN when one of them is all zeros.
double cosine_of(std::span<const float> a, std::span<const float> b);

/// An image of soft stripes and spots, as spectrograms have them: a function of its number and shape.
Image pattern_image(std::size_t number, const InputShape& shape = {});

/// Compares an extractor's features of a few pattern images with those of fp32.
///
/// returns  the least cosine
/// throws   Error when it is below least_cosine(precision)
double check_precision(const Body& body, const FeatureConfig& config, const FeatureExtractor& extractor,
                       Precision precision);

/// What `auto` means for a body on this processor.
struct PrecisionChoice {
    Precision precision = Precision::fp32;
    std::string reason;  ///< a sentence for people
};

/// The fastest precision for which the processor has products of its own and which keeps this body's features
/// within least_cosine.
///
/// candidates  the fastest first; by default what this processor has
PrecisionChoice choose_precision(const Body& body, const FeatureConfig& config,
                                 std::vector<Precision> candidates = nn::fast_precisions());

}  // namespace melvit
