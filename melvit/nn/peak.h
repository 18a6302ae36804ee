#pragma once

#include "melvit/nn/precision.h"

namespace melvit::nn {

/// What this processor's registers can do at most: multiply-adds of a precision without any memory, on the
/// calling thread for some milliseconds. In bf16 and int8 those of the instructions that make_engine chooses.
///
/// returns  10^9 operations a second; a multiply-add is two
double measure_peak_gops(Precision precision);

/// Whether the steps of AVX512_BF16 outrun those of fp32, measured for a few milliseconds; only for a
/// processor that has them. On Golden Cove (Sapphire and Emerald Rapids, whose bf16 is meant for AMX) they do
/// half as many multiply-adds as fp32's, on Zen 4 and 5 twice as many: so far apart that a busy machine does
/// not change the answer.
bool bf16_steps_pay();

}  // namespace melvit::nn
