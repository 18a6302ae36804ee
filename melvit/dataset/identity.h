#pragma once

#include "melvit/core/numeric_identity.h"
#include "melvit/nn/precision.h"

namespace melvit {

/// The identity of all numbers that this program makes in a precision on this machine: of samples, pictures,
/// features and heads. Loads FFmpeg, which takes 0.05 s.
NumericIdentity numeric_identity(Precision precision);

}  // namespace melvit
