#include "melvit/vit/vit.h"

#include "melvit/core/error.h"
#include "melvit/vit/weight_slots.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

// T = tokens (197), P = patches (196), D = width (768 in ViT-B)

namespace melvit {
namespace {

constexpr std::size_t kSize = Image::kSize;
constexpr std::size_t kPatch = VitConfig::kPatch;
constexpr std::size_t kGrid = VitConfig::kGrid;
constexpr std::size_t kTokens = VitConfig::kTokens;
constexpr std::size_t kPatches = kGrid * kGrid;
constexpr std::size_t kChannels = 3;

/// The patches of an image, row by row: each channel after channel, row after row, as a convolution's weights
/// lie.
nn::Tokens unfold(const Image& image) {
    nn::Tokens patches(kPatches, kChannels * kPatch * kPatch);  // [P x 768]
    float* to = patches.data();
    for (std::size_t patch = 0; patch < kPatches; ++patch) {
        const std::size_t top = patch / kGrid * kPatch;
        const std::size_t left = patch % kGrid * kPatch;
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            for (std::size_t row = 0; row < kPatch; ++row) {
                const float* from = image.values.data() + (channel * kSize + top + row) * kSize + left;
                to = std::copy_n(from, kPatch, to);
            }
        }
    }
    return patches;
}

Matrix class_token_and_positions(const VitWeights& weights) {
    Matrix start = weights.positions;  // [T x D]
    for (std::size_t i = 0; i < start.columns(); ++i) start(0, i) += weights.class_token(0, i);
    return start;
}

/// The weights, once every matrix that will be read is known to have its size.
const VitWeights& checked(const VitWeights& weights, const VitExtent& extent) {
    assert(extent.blocks >= 1 && static_cast<std::size_t>(extent.blocks) <= weights.blocks.size());
    const auto refuse_unless = [](std::size_t needed, std::size_t found) {
        if (found == needed) return;
        throw Error("body", fmt::format("needs {} numbers in a matrix, by its size", needed),
                    fmt::format("it has {}", found));
    };
    for_each_weight(weights, [&](const WeightSlot& slot, const Matrix& matrix) {
        if (slot.block >= extent.blocks) return;
        std::size_t needed = 1;
        for (const std::size_t size : checkpoint_shape(weights.config, slot)) needed *= size;
        refuse_unless(needed, matrix.size());
    });
    return weights;
}

}  // namespace

VitBlock::VitBlock(const BlockWeights& weights, int heads, std::size_t rows, Precision precision)
    : rows_(rows),
      norm1_(weights.norm1_weight, weights.norm1_bias, VitConfig::kLayerNormEpsilon, precision),
      attention_({{weights.qkv_weight, weights.qkv_bias}, {weights.proj_weight, weights.proj_bias}},
                 static_cast<std::size_t>(heads), precision),
      norm2_(weights.norm2_weight, weights.norm2_bias, VitConfig::kLayerNormEpsilon, precision),
      mlp_({weights.fc1_weight, weights.fc1_bias}, {weights.fc2_weight, weights.fc2_bias}, precision) {}

void VitBlock::operator()(nn::Tokens& x) const {
    const nn::ResidualLinear::Sum attended = attention_(norm1_(x), rows_);
    x.keep(rows_);
    x += attended;
    x += mlp_(norm2_(x));
}

Vit::Vit(const VitWeights& weights, const VitExtent& extent, Precision precision)
    : patch_embedding_({checked(weights, extent).patch_weight, weights.patch_bias}, precision),
      start_(class_token_and_positions(weights)),
      norm_(weights.norm_weight, weights.norm_bias, VitConfig::kLayerNormEpsilon, Precision::fp32) {
    const auto count = static_cast<std::size_t>(extent.blocks);
    blocks_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const bool narrows = extent.class_token_only && i + 1 == count;
        blocks_.emplace_back(weights.blocks[i], weights.config.heads, narrows ? 1 : kTokens, precision);
    }
}

void Vit::operator()(const Image& image, const AfterBlock& after_block) const {
    assert(image.values.size() == kChannels * kSize * kSize);
    nn::Tokens x(kTokens, start_.columns());  // [T x D]
    std::ranges::copy(start_.values(), x.data());
    x.slice({1, kTokens}) += patch_embedding_({unfold(image), patch_embedding_.precision()});
    int number = 0;
    for (const VitBlock& block : blocks_) {
        block(x);
        after_block(++number, x);
    }
}

}  // namespace melvit
