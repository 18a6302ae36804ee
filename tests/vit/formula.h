#pragma once

#include "melvit/spectrum/image.h"
#include "melvit/vit/body.h"
#include "melvit/vit/vit_parameters.h"

#include <cmath>
#include <cstdint>
#include <span>
#include <string>

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

inline Image formula_image(std::uint32_t number, const InputShape& shape = {}) {
    Image image{shape, AlignedFloats(shape.size())};
    for (std::uint32_t i = 0; i < image.values.size(); ++i)
        image.values[i] = 2.0F * formula(1000 + number, i);
    return image;
}

/// Weights as large as a trained ViT's: standard deviation 0.87 / sqrt(inputs), norms near 1.
inline ParameterSet formula_parameters(const VitConfig& config) {
    ParameterSet parameters(vit_parameters(config));
    std::uint32_t stream = 0;
    for (const ParameterSpec& spec : parameters.table().specs()) {
        const bool is_norm = spec.kind == ParameterKind::scale;
        auto scale = static_cast<float>(1.5 / std::sqrt(static_cast<double>(spec.columns())));
        if (spec.kind == ParameterKind::embedding) scale = 0.5F;
        if (is_norm) scale = 0.25F;
        if (spec.kind == ParameterKind::bias) scale = 0.125F;
        const float shift = is_norm ? 1.0F : 0.0F;
        const std::span<float> values = parameters.view(spec).values();
        for (std::uint32_t i = 0; i < values.size(); ++i) values[i] = scale * formula(stream, i) + shift;
        ++stream;
    }
    return parameters;
}

inline Body formula_body(const std::string& name, const VitConfig& config) {
    return {name, "", config, formula_parameters(config)};
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
