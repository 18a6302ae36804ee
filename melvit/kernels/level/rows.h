#pragma once

#include "melvit/kernels/kernels.h"

namespace melvit::kernels::MELVIT_LEVEL {

// The entries of the table that this file makes; see kernels.h.

void layer_norm(const float* x, std::size_t count, const float* weight, const float* bias, float epsilon,
                float* y);
QuantParams quantise_u8(const float* x, std::size_t count, std::uint8_t* q);
QuantParams quantise_s16(const float* x, std::size_t count, std::int16_t* q);
void add_weighted_bytes(const std::uint8_t* x, std::size_t count, float weight, float* y);
void row_to_bf16(const float* x, std::size_t count, std::uint16_t* y);
void round_row_to_bf16(const float* x, std::size_t count, float* y);
float exponentiate_row(float* scores, std::size_t count, float scale);
void gelu_row(const float* x, std::size_t count, float* y);

}  // namespace melvit::kernels::MELVIT_LEVEL
