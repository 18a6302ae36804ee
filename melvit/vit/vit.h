#pragma once

#include "melvit/nn/attention.h"
#include "melvit/nn/layer_norm.h"
#include "melvit/nn/mlp.h"
#include "melvit/spectrum/image.h"
#include "melvit/vit/vit_weights.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace melvit {

/// One block of the encoder, with LayerNorm before each part.
///
/// source  Dosovitskiy et al. 2021, equations 2 and 3
class VitBlock {
public:
    /// rows  how many of the first tokens go on: all 197, or 1 where only the class token is needed after it
    VitBlock(const BlockWeights& weights, int heads, std::size_t rows, Precision precision);

    /// x  [197 x D], becomes [rows x D]
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
    int blocks = 12;                ///< from the first to this one
    bool class_token_only = false;  ///< of the last of these blocks only the class token
};

/// A Vision Transformer, immutable and shared by threads.
///
/// source  Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words"
class Vit {
public:
    /// weights  copied; blocks above the extent are not looked at
    /// throws   Error when a matrix is not of the size that the ViT's config asks for
    Vit(const VitWeights& weights, const VitExtent& extent, Precision precision);

    /// Called with each block's number, from 1, and what comes out of it.
    using AfterBlock = std::function<void(int block, nn::Tokens& x)>;

    /// Runs one image through the blocks, on all threads that are free: in a task of parallel_for on that
    /// task's alone. The same bits either way.
    void operator()(const Image& image, const AfterBlock& after_block) const;

    /// Whether more threads than an image has groups of outputs find work in one: see nn::LinearEngine.
    bool shares_blocks() const { return patch_embedding_.shares_blocks(); }

    /// The final LayerNorm, in fp32.
    nn::Operand norm(const nn::Rows& x) const { return norm_(x); }

private:
    nn::ResidualLinear patch_embedding_;
    Matrix start_;  // [197 x D]: class token and positions, to which the patches are added
    std::vector<VitBlock> blocks_;
    nn::LayerNorm norm_;
};

}  // namespace melvit
