#pragma once

#include "melvit/core/export.h"

#include <array>
#include <string>
#include <string_view>

namespace melvit {

/// The arithmetic of a body's linear layers. Sums, the residual stream, LayerNorm, softmax and GELU are fp32
/// in all of them.
enum class Precision {
    fp32,  ///< factors of 24 bits
    bf16,  ///< factors rounded to 8 bits of precision
    int8  ///< weights of 8 bits with a scale for each output, activations of 8 bits with a scale for each token
};

/// All of them, the most exact first.
inline constexpr std::array kPrecisions{Precision::fp32, Precision::bf16, Precision::int8};

/// "fp32", "bf16", "int8"
MELVIT_API std::string_view name_of(Precision precision);

/// throws  Error for any other name
MELVIT_API Precision precision_of(const std::string& name);

}  // namespace melvit
