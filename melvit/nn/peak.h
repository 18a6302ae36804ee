#pragma once

#include "melvit/nn/precision.h"

namespace melvit::nn {

/// What this processor's registers can do at most: multiply-adds of a precision without any memory, on the calling thread for
/// some milliseconds. In bf16 and int8 those of the instructions that make_engine chooses.
///
/// returns  10^9 operations a second; a multiply-add is two
double measure_peak_gops(Precision precision);

}  // namespace melvit::nn
