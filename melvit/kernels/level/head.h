#pragma once

#include "melvit/kernels/kernels.h"

namespace melvit::kernels::MELVIT_LEVEL {

// The entries of the table that this file makes; see kernels.h.

void multiply_tile(const Tile& tile);
void transpose_block(const float* from, float* to);
void to_micro_panel(const float* from, std::size_t stride, std::size_t rows, std::size_t columns, float* to);
void relu_gradient(const float* output, float kept, std::size_t count, float* gradient);
void drop_units(std::uint32_t key, std::uint32_t first, std::uint32_t threshold, float kept,
                std::size_t count, float* units);
void adamw(const AdamWStep& step, const float* gradient, std::size_t count, float* mean, float* square,
           const float* weight, float* changed);

}  // namespace melvit::kernels::MELVIT_LEVEL
