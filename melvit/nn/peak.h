#pragma once

#include "melvit/nn/precision.h"

namespace melvit::nn {

/// What this processor's registers can do at most: multiply-adds of a precision without any memory, on the calling thread for
/// some milliseconds. In bf16 and int8 those of the instructions that make_engine chooses.
///
/// returns  10^9 operations a second; a multiply-add is two
double measure_peak_gops(Precision precision);

/// Whether steps of AVX512_BF16 outrun fp32's, measured for some milliseconds. Golden Cove takes two cycles for each, in which
/// it does as many multiply-adds of fp32 twice over (Sapphire and Emerald Rapids, whose bf16 is meant for AMX); Zen 4 and 5 do
/// twice as many as in fp32. The two cases lie so far apart that a busy machine does not change the answer. Only for a processor that has them.
bool bf16_steps_pay();

}  // namespace melvit::nn
