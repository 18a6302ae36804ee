#pragma once

#include "melvit/kernels/kernels.h"
#include "melvit/kernels/level/simd.h"

namespace melvit::kernels::MELVIT_LEVEL {

/// NR: of 32 registers 24 hold sums, of 16 twelve; the others hold a row of B and a word of A.
#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr std::size_t kPanelVectors = 4;
#else
inline constexpr std::size_t kPanelVectors = 2;
#endif
inline constexpr std::size_t kPanelColumns = kPanelVectors * kLanes;
static_assert(kPanelColumns <= kMostPanelColumns);

/// Words of K come in multiples of so many for bf16 and 8-bit factors: AMX reads whole rows of a tile.
#if defined(__AMX_TILE__)
inline constexpr std::size_t kWordStep = 16;
#else
inline constexpr std::size_t kWordStep = 1;
#endif

/// Floats of a cache line.
inline constexpr std::size_t kLineFloats = 16;

// What a word holds and how two words are multiplied: step(sum, x, b) is sum + the products of the word x, in
// all lanes, and the words b.

struct F32 {
    using Number = float;
    using Sum = Floats;
    static Floats step(Floats sum, Word x, Integers b) {
        float number;
        std::memcpy(&number, &x, sizeof x);
        return multiply_add(all(number), reinterpret_cast<Floats>(b), sum);
    }
};

#if defined(__AVX512BF16__)
struct Bf16 {
    using Number = std::uint16_t;
    using Sum = Floats;
    static Floats step(Floats sum, Word x, Integers b) {
        const __m512i pair = _mm512_set1_epi32(static_cast<int>(x));
        return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pair), reinterpret_cast<__m512bh>(b));
    }
};
#endif

/// The sum of two products of 8-bit values fits 32 bits without loss; the step of AVX2 that multiplies four of 8
/// bits (vpmaddubsw) saturates at 16.
struct S16 {
    using Number = std::int16_t;
    using Sum = Integers;
    static Integers step(Integers sum, Word x, Integers b) {
        const Integers pair = static_cast<std::int32_t>(x) + Integers{};
#if defined(__AVX512BW__)
        return sum + reinterpret_cast<Integers>(
                         _mm512_madd_epi16(reinterpret_cast<__m512i>(pair), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
        return sum + reinterpret_cast<Integers>(
                         _mm256_madd_epi16(reinterpret_cast<__m256i>(pair), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
        return sum + reinterpret_cast<Integers>(
                         _mm_madd_epi16(reinterpret_cast<__m128i>(pair), reinterpret_cast<__m128i>(b)));
#else
        return sum + ((pair << 16) >> 16) * ((b << 16) >> 16) + (pair >> 16) * (b >> 16);
#endif
    }
};

#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
struct U8 {
    using Number = std::uint8_t;
    using Sum = Integers;
    static Integers step(Integers sum, Word x, Integers b) {
#if defined(__AVX512VNNI__)
        return reinterpret_cast<Integers>(_mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum),
                                                              _mm512_set1_epi32(static_cast<int>(x)),
                                                              reinterpret_cast<__m512i>(b)));
#else
        return reinterpret_cast<Integers>(_mm256_dpbusd_avx_epi32(reinterpret_cast<__m256i>(sum),
                                                                  _mm256_set1_epi32(static_cast<int>(x)),
                                                                  reinterpret_cast<__m256i>(b)));
#endif
    }
};
#endif

/// Numbers in a word.
template <class Format>
inline constexpr std::size_t kWordNumbers = sizeof(Word) / sizeof(typename Format::Number);

}  // namespace melvit::kernels::MELVIT_LEVEL
