#pragma once

#include "melvit/nn/attention.h"
#include "melvit/nn/layer_norm.h"
#include "melvit/nn/mlp.h"
#include "melvit/spectrum/image.h"
#include "melvit/vit/parameter_set.h"
#include "melvit/vit/vit_config.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace melvit {

/// One block of the encoder, with LayerNorm before each part.
///
/// source  Dosovitskiy et al. 2021, equations 2 and 3
class VitBlock {
public:
    /// number  from 0
    /// rows    how many of the first tokens go on: all, or the prefix tokens where only they are needed after it
    VitBlock(const VitConfig& config, const ParameterSet& parameters, int number, std::size_t rows,
             Precision precision);

    /// x  [T x D], becomes [rows x D]
    void operator()(nn::Tokens& x) const;

private:
    std::size_t rows_;
    nn::LayerNorm norm1_;
    nn::Attention attention_;
    nn::LayerNorm norm2_;
    nn::Mlp mlp_;
};

/// How much of a ViT is to be computed.
struct VitExtent {
    int blocks = 12;                  ///< from the first to this one
    bool prefix_tokens_only = false;  ///< of the last of these blocks
};

/// A Vision Transformer, immutable and shared by threads. It keeps the parameters in the layout of its products:
/// after they have changed, another is made of them.
///
/// source  Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words"
class Vit {
public:
    /// parameters  copied; blocks above the extent are not looked at
    /// throws      Error of check(config), and when the parameters are not those of the config
    Vit(const VitConfig& config, const ParameterSet& parameters, const VitExtent& extent,
        Precision precision);

    /// Called with each block's number, from 1, and what comes out of it.
    using AfterBlock = std::function<void(int block, nn::Tokens& x)>;

    /// Runs one image of the config's input through the blocks, on all threads that are free: in a task of
    /// parallel_for on that task's alone. The result does not depend on the number of threads.
    void operator()(const Image& image, const AfterBlock& after_block) const;

    /// The final LayerNorm, in fp32.
    nn::Operand norm(const nn::Rows& x) const { return norm_(x); }

private:
    nn::Tokens unfold(const Image& image) const;

    VitConfig config_;
    nn::ResidualLinear patch_embedding_;
    Matrix start_;         // [T x D]: prefix tokens and positions, to which the patches are added
    Matrix input_affine_;  // [2 x rows]: scales, shifts; empty where the config has none
    std::vector<VitBlock> blocks_;
    nn::LayerNorm norm_;
};

}  // namespace melvit
