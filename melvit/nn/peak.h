#pragma once

#include "melvit/nn/precision.h"

#include <optional>

namespace melvit::nn {

/// What this processor's registers can do at most: multiply-adds of a precision without any memory, on the
/// calling thread for 20 - 250 ms. In bf16 and int8 those of the instructions that our own products choose.
///
/// returns  10^9 operations a second; a multiply-add is two
double measure_peak_gops(Precision precision);

/// The same of the steps of AVX512_BF16, also where our products prefer others; nothing where the processor
/// or the build does not have them.
std::optional<double> measure_bf16_steps_gops();

}  // namespace melvit::nn
