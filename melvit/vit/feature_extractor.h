#pragma once

#include "melvit/core/config.h"
#include "melvit/core/export.h"
#include "melvit/core/matrix.h"
#include "melvit/nn/precision.h"
#include "melvit/spectrum/image.h"
#include "melvit/vit/body.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace melvit {

/// Which numbers of the ViT are the features of an image.
struct FeatureConfig {
    std::vector<int> blocks = {};
    std::string tokens = "class";
    bool final_norm = true;

    static constexpr auto fields() {
        return std::tuple{
            Field{"blocks", &FeatureConfig::blocks,
                  "blocks whose tokens are taken, counted from 1, each once, side by side; empty = the last"},
            Field{"tokens", &FeatureConfig::tokens,
                  "class: the class token [D], with a distillation token the mean of both; time_mean: patch "
                  "tokens averaged over time, frequency kept [rows of patches x D], 14 in a picture; "
                  "time_mean_std: the same and their standard deviation over time [2 x rows of patches x D]"},
            Field{"final_norm", &FeatureConfig::final_norm,
                  "the ViT's final LayerNorm before the features are taken"}};
    }
};

/// What can be said without a body.
///
/// throws  Error for unknown tokens and for blocks below 1
MELVIT_API void check(const FeatureConfig& config);

/// The features that a body has whatever its shape: its class token, else means over time.
MELVIT_API FeatureConfig plain_features(const Body& body);

/// Images to features. The seam behind which a GPU or a quantised body can stand.
class MELVIT_API FeatureExtractor {
public:
    virtual ~FeatureExtractor() = default;

    /// Numbers in one image's features.
    virtual std::size_t width() const = 0;

    /// What each image must be.
    virtual InputShape input() const = 0;

    /// images   any number
    /// returns  [images x width]; a row depends on its image alone, not on the others nor on the threads
    virtual Matrix extract(std::span<const Image> images) const = 0;
};

/// The ViT of `body` on this CPU.
///
/// throws  Error for settings that the body cannot follow: a block that it does not have, the class token of a body
///         without one
MELVIT_API std::unique_ptr<FeatureExtractor> make_feature_extractor(const Body& body,
                                                                    const FeatureConfig& config,
                                                                    Precision precision = Precision::fp32);

}  // namespace melvit
