#pragma once

#include "melvit/core/export.h"

#include <optional>
#include <string_view>

namespace melvit {

/// Sets of instructions for which the kernels are compiled, each with all of those above it but where it says
/// otherwise. On other processors than x86 there is `baseline` alone.
enum class IsaLevel {
    baseline,     ///< the build's least: x86-64-v2 (SSE4.2), or ARMv8 with NEON
    avx2,         ///< AVX2 and FMA: registers of 8 floats (Haswell, Zen 1 to 3)
    avx2_vnni,    ///< products of 8-bit factors in one step on those registers (Alder Lake, Zen 5)
    avx512,       ///< registers of 16 floats (Skylake-X); without AVX-VNNI
    avx512_vnni,  ///< products of 8-bit factors in one step (Cascade Lake, Ice Lake)
    avx512_bf16,  ///< products of bf16 pairs in one step (Zen 4, Cooper Lake)
    amx           ///< products of tiles of 16 x 16 words (Sapphire Rapids)
};

/// "x86-64-v2" or "armv8", "avx2", "avx2_vnni", "avx512", "avx512_vnni", "avx512_bf16", "amx"
MELVIT_API std::string_view name_of(IsaLevel level);

/// Whether this processor and its operating system run the kernels of a level.
MELVIT_API bool runs(IsaLevel level);

/// The level whose kernels the program uses: the highest that runs, within what the environment variable
/// MELVIT_MAX_ISA (one of the names above) allows. It is the same for the whole life of the process.
///
/// throws  Error when MELVIT_MAX_ISA is no such name, or the processor lacks what the build needs at least
MELVIT_API IsaLevel isa_level();

/// The same for another value of MELVIT_MAX_ISA; empty: no limit.
MELVIT_API IsaLevel highest_level(std::optional<std::string_view> most);

/// Whether steps of AVX512_BF16 do more multiply-adds a second than those of fp32. By the maker's name and not
/// by a measurement at the start, because features depend on it to the bit and a busy machine disturbs
/// measurements: AMD's do twice as many (Zen 4 and 5), Intel's half as many (Sapphire and Emerald Rapids,
/// whose bf16 is meant for AMX; Cooper Lake is not measured); other makers' are taken to be like AMD's.
///
/// source  build/benchmarks/vit_benchmark --benchmark_filter=bf16_steps
bool bf16_steps_pay();

/// Whether products of quantised values as pairs of 16 bits, without VNNI, do more multiply-adds a second than
/// those of fp32. They do on every x86 processor but the first generation of AMD's Zen, whose pair step takes two
/// cycles; on others than x86 such pairs are multiplied without a step of their own.
///
/// source  docs/precision.md, machine B
bool s16_steps_pay();

}  // namespace melvit
