#pragma once

#include "melvit/nn/precision_formats.h"

#include <optional>

namespace melvit::nn {

/// What the processor can do at most: multiply-adds of a format on registers alone, without any memory, on the
/// calling thread for 20 - 250 ms.
///
/// returns  10^9 operations a second, a multiply-add being two; nothing where the processor has no such steps
std::optional<double> measure_peak_gops(ElementFormat format);

/// The same of the format that the products of a precision use.
double measure_peak_gops(Precision precision);

}  // namespace melvit::nn
