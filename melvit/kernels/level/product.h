#pragma once

#include "melvit/kernels/level/formats.h"

namespace melvit::kernels::MELVIT_LEVEL {

// The entries of the table that this file makes; see kernels.h. `steps` says how often: returns the multiply-adds.

void multiply_f32(const Product& product);
double f32_steps(std::size_t steps);
void multiply_s16(const Product& product);
double s16_steps(std::size_t steps);
#if defined(__AVX512BF16__)
void multiply_bf16(const Product& product);
double bf16_steps(std::size_t steps);
#endif
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
void multiply_u8(const Product& product);
double u8_steps(std::size_t steps);
#endif

void pack_panels(const void* first, std::size_t column_bytes, std::size_t words, std::size_t columns,
                 Word* panels);

}  // namespace melvit::kernels::MELVIT_LEVEL
