#pragma once

#include "melvit/kernels/kernels.h"

namespace melvit::kernels::MELVIT_LEVEL {

#if defined(__AVX512F__)
inline constexpr std::size_t kFrameLanes = 8;
#else
inline constexpr std::size_t kFrameLanes = 4;
#endif

// The entries of the table that this file makes; see kernels.h.

void fft_first_pass(const FftPass& pass, const FftFrames& frames, double* re, double* im);
void fft_pass(const FftPass& pass, const double* from_re, const double* from_im, double* re, double* im);
void real_power(const double* re, const double* im, std::size_t half, const ComplexNumber* roots,
                double* power);
void mel_band(const double* power, const double* weights, std::size_t bins, float* out);

}  // namespace melvit::kernels::MELVIT_LEVEL
