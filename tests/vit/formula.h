#pragma once

#include "melvit/spectrum/image.h"
#include "melvit/vit/weight_slots.h"

#include <cmath>
#include <cstdint>

// Weights and images from a formula that tools/make_golden_vit.py computes as well, to the last bit.

namespace melvit::test {

/// In [-1, 1): MurmurHash3's finaliser over a counter, its upper 24 bits.
inline float formula(std::uint32_t stream, std::uint32_t index) {
    std::uint32_t h = index + stream * 0x9E3779B9U;
    h ^= h >> 16U;
    h *= 0x85EBCA6BU;
    h ^= h >> 13U;
    h *= 0xC2B2AE35U;
    h ^= h >> 16U;
    return static_cast<float>(h >> 8U) * 0x1p-23F - 1.0F;
}

inline Image formula_image(std::uint32_t number) {
    Image image;
    image.values.resize(std::size_t{3} * Image::kSize * Image::kSize);
    for (std::uint32_t i = 0; i < image.values.size(); ++i)
        image.values[i] = 2.0F * formula(1000 + number, i);
    return image;
}

/// Weights as large as a trained ViT's: deviation 0.87 / sqrt(inputs), norms near 1.
inline VitWeights formula_weights(const VitConfig& config) {
    VitWeights weights = zero_vit_weights(config);
    std::uint32_t stream = 0;
    for_each_weight(weights, [&](const WeightSlot& slot, Matrix& matrix) {
        const bool is_norm = slot.module == VitModule::norm1 || slot.module == VitModule::norm2 ||
                             slot.module == VitModule::norm;
        const bool is_start = slot.module == VitModule::class_token || slot.module == VitModule::positions;
        float scale = static_cast<float>(1.5 / std::sqrt(static_cast<double>(matrix.columns())));
        if (is_start) scale = 0.5F;
        if (is_norm) scale = 0.25F;
        if (slot.is_bias) scale = 0.125F;
        const float shift = is_norm && !slot.is_bias ? 1.0F : 0.0F;
        for (std::uint32_t i = 0; i < matrix.size(); ++i)
            matrix.data()[i] = scale * formula(stream, i) + shift;
        ++stream;
    });
    return weights;
}

/// Sizes that fill no register: 2 heads of 20 numbers.
inline VitConfig small_config() {
    return {.width = 40, .depth = 3, .heads = 2, .mlp_width = 100};
}

/// The largest difference in units of the root mean square of what is expected.
inline double relative_difference(std::span<const float> actual, std::span<const float> expected) {
    double largest = actual.size() == expected.size() ? 0.0 : INFINITY;
    double squares = 0.0;
    for (std::size_t i = 0; i < expected.size() && i < actual.size(); ++i) {
        const double difference = std::abs(static_cast<double>(actual[i]) - static_cast<double>(expected[i]));
        if (!(difference <= largest)) largest = difference;  // so that NaN wins
        squares += static_cast<double>(expected[i]) * static_cast<double>(expected[i]);
    }
    return largest / std::sqrt(squares / static_cast<double>(expected.size()));
}

}  // namespace melvit::test
