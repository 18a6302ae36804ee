#pragma once

#include "melvit/kernels/level/formats.h"

namespace melvit::kernels::MELVIT_LEVEL {

// The entries of the table that this file makes; see kernels.h.

/// Queries whose scores exist at a time: four tiles of registers, or two rows of AMX's.
inline constexpr std::size_t kQueriesF32 = 4 * kTileRows;
#if defined(__AMX_TILE__)
inline constexpr std::size_t kQueriesBf16 = 32;
#else
inline constexpr std::size_t kQueriesBf16 = kQueriesF32;
#endif

void attend_f32(const AttentionHead& head);
std::size_t attention_scratch_f32(std::size_t tokens, std::size_t width);
#if defined(__AVX512BF16__)
void attend_bf16(const AttentionHead& head);
std::size_t attention_scratch_bf16(std::size_t tokens, std::size_t width);
#endif

}  // namespace melvit::kernels::MELVIT_LEVEL
