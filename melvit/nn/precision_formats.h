#pragma once

#include "melvit/kernels/kernels.h"
#include "melvit/nn/precision.h"

#include <vector>

namespace melvit::nn {

using kernels::ElementFormat;

/// What the products of a precision multiply on this processor. bf16 is rounded f32 where the processor has no
/// fast steps for it; the same 8-bit values take 16 bits each where it has no VNNI.
ElementFormat format_of(Precision precision);

/// The format, f32 or bf16, of attention's four factors: queries, keys, weights, values.
ElementFormat attention_format(Precision precision);

/// The precisions whose products outrun those of fp32 on this processor, the fastest first: int8 where pairs or
/// quads are multiplied in one step, bf16 where format_of has it.
std::vector<Precision> fast_precisions();

}  // namespace melvit::nn
