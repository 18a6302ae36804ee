#include "melvit/kernels/level/table.h"

#include "melvit/kernels/level/attention.h"
#include "melvit/kernels/level/fft.h"
#include "melvit/kernels/level/formats.h"
#include "melvit/kernels/level/head.h"
#include "melvit/kernels/level/product.h"
#include "melvit/kernels/level/rows.h"

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

#if defined(__AVX512BF16__)
constexpr auto kMultiplyBf16 = multiply_bf16;
constexpr auto kBf16Steps = bf16_steps;
constexpr auto kAttendBf16 = attend_bf16;
constexpr auto kScratchBf16 = attention_scratch_bf16;
#else
constexpr std::nullptr_t kMultiplyBf16 = nullptr;
constexpr std::nullptr_t kBf16Steps = nullptr;
constexpr std::nullptr_t kAttendBf16 = nullptr;
constexpr std::nullptr_t kScratchBf16 = nullptr;
#endif
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
constexpr auto kMultiplyU8 = multiply_u8;
constexpr auto kU8Steps = u8_steps;
#else
constexpr std::nullptr_t kMultiplyU8 = nullptr;
constexpr std::nullptr_t kU8Steps = nullptr;
#endif

}  // namespace

const Kernels kTable{.level = IsaLevel::MELVIT_LEVEL,
                     .panel_columns = kPanelColumns,
                     .word_step = kWordStep,
                     .multiply = {multiply_f32, kMultiplyBf16, kMultiplyU8, multiply_s16},
                     .pack_panels = pack_panels,
                     .register_steps = {f32_steps, kBf16Steps, kU8Steps, s16_steps},
                     .attend = {attend_f32, kAttendBf16},
                     .attention_scratch = {attention_scratch_f32, kScratchBf16},
                     .queries_at_a_time = {kQueriesF32, kQueriesBf16},
                     .layer_norm = layer_norm,
                     .quantise_u8 = quantise_u8,
                     .quantise_s16 = quantise_s16,
                     .add_weighted_bytes = add_weighted_bytes,
                     .to_bf16 = row_to_bf16,
                     .round_to_bf16 = round_row_to_bf16,
                     .exponentiate = exponentiate_row,
                     .gelu = gelu_row,
                     .frame_lanes = kFrameLanes,
                     .fft_first_pass = fft_first_pass,
                     .fft_pass = fft_pass,
                     .real_power = real_power,
                     .mel_band = mel_band,
                     .multiply_tile = multiply_tile,
                     .transpose_block = transpose_block,
                     .to_micro_panel = to_micro_panel,
                     .relu_gradient = relu_gradient,
                     .drop_units = drop_units,
                     .adamw = adamw};

}  // namespace melvit::kernels::MELVIT_LEVEL
