#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A register of numbers and what is done with it, on g++'s and clang's vector types: + - * / < work lane by lane,
// and with a scalar on one side.

namespace melvit::kernels::MELVIT_LEVEL {

/// Floats in a register.
#if defined(__AVX512F__)
inline constexpr std::size_t kLanes = 16;
#elif defined(__AVX__)
inline constexpr std::size_t kLanes = 8;
#else
inline constexpr std::size_t kLanes = 4;
#endif

using Floats [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Integers [[gnu::vector_size(kLanes * sizeof(std::int32_t))]] = std::int32_t;
using Unsigned [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;

constexpr std::size_t lesser(std::size_t a, std::size_t b) {
    return a < b ? a : b;
}
constexpr std::size_t divided_up(std::size_t count, std::size_t by) {
    return (count + by - 1) / by;
}

inline Floats load(const float* from) {
    Floats x;
    std::memcpy(&x, from, sizeof x);
    return x;
}

/// As many bytes as a register has, of integers of any width.
template <class From>
Integers load_integers(const From* from) {
    Integers x;
    std::memcpy(&x, from, sizeof x);
    return x;
}

inline void store(Floats x, float* to) {
    std::memcpy(to, &x, sizeof x);
}

/// The first `count` floats, 1 ... kLanes - 1, the other lanes 0; and back.
inline Floats load_some(const float* from, std::size_t count) {
    Floats x{};
    for (std::size_t i = 0; i < count; ++i) x[i] = from[i];
    return x;
}
inline void store_some(Floats x, float* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] = x[i];
}

/// The same number in each lane. Not Floats{} + x, which g++ adds: 0 + -0 is another zero.
inline Floats all(float x) {
#if defined(__AVX512F__)
    return _mm512_set1_ps(x);
#elif defined(__AVX__)
    return _mm256_set1_ps(x);
#else
    return Floats{x, x, x, x};
#endif
}

/// a b + c, fused where the level can: left to the compiler, a sanitizer's checks between the two would make
/// some tiles' sums fused and others' not.
inline Floats multiply_add(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
    return _mm256_fmadd_ps(a, b, c);
#else
    return a * b + c;
#endif
}

/// The larger number of each lane; that of b where either is NaN.
inline Floats larger_of(Floats a, Floats b) {
#if defined(__AVX512F__)
    return _mm512_maskz_max_ps(0xFFFF, a, b);  // g++ 12 makes two instructions of the line below
#else
    return a > b ? a : b;
#endif
}

/// The smaller number of each lane; that of b where either is NaN.
inline Floats smaller_of(Floats a, Floats b) {
#if defined(__AVX512F__)
    return _mm512_maskz_min_ps(0xFFFF, a, b);
#else
    return a < b ? a : b;
#endif
}

/// The square root of each lane, finite and not negative; on AVX-512 to a unit in the last place, by Newton's
/// step from an estimate of 1 / sqrt(x), which leaves the divider to others.
inline Floats square_root(Floats x) {
#if defined(__AVX512F__)
    // g++ 12 warns inside the intrinsics without mask.
    const Floats inverse = _mm512_maskz_rsqrt14_ps(0xFFFF, x);
    const Floats root = x * inverse;
    const Floats better = root + 0.5F * inverse * (x - root * root);
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, Floats{}, _CMP_NEQ_UQ), better);
#elif defined(__AVX__)
    return _mm256_sqrt_ps(x);
#else
    for (std::size_t lane = 0; lane < kLanes; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
    return x;
#endif
}

/// The number of the lane in each lane: 0, 1, ...
inline Integers lane_numbers() {
    Integers numbers{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) numbers[lane] = static_cast<std::int32_t>(lane);
    return numbers;
}

/// Lane i of the result is lane i + kBy of x, around the end.
template <std::size_t kBy, std::size_t... I>
Floats rotated_lanes(Floats x, std::index_sequence<I...>) {
    return __builtin_shufflevector(x, x, ((I + kBy) % kLanes)...);
}

/// One number of all lanes: lanes half a register apart are joined, then a quarter, and so on. A tree, as the
/// steps of a chain wait for each other.
///
/// join  of two registers, lane by lane
template <std::size_t kHalf = kLanes / 2, class Join>
float joined_lanes(Floats x, const Join& join) {
    if constexpr (kHalf == 0) {
        return x[0];
    } else {
        const Floats other = rotated_lanes<kHalf>(x, std::make_index_sequence<kLanes>{});
        return joined_lanes<kHalf / 2>(join(x, other), join);
    }
}

inline float sum_of_lanes(Floats x) {
    return joined_lanes(x, [](Floats a, Floats b) { return a + b; });
}

/// A square of 32-bit numbers, a row in each register.
struct Square {
    Floats rows[kLanes];
};

/// The lanes of a and b in turn, a before b: `first` from their lower halves, `second` from their upper ones.
template <std::size_t... I>
void interleave(Floats a, Floats b, Floats& first, Floats& second, std::index_sequence<I...>) {
    first = __builtin_shufflevector(a, b, (I / 2 + (I % 2) * kLanes)...);
    second = __builtin_shufflevector(a, b, (kLanes / 2 + I / 2 + (I % 2) * kLanes)...);
}

/// Rows become columns. Each round is a perfect shuffle of the square's elements, which rotates the bits of an
/// element's (row, column) number by one place; after log2(kLanes) rounds row and column have changed places.
inline void transpose(Square& square) {
#pragma GCC unroll 4
    for (std::size_t round = 1; round < kLanes; round *= 2) {
        Square next;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kLanes / 2; ++i) {
            interleave(square.rows[i], square.rows[i + kLanes / 2], next.rows[2 * i], next.rows[2 * i + 1],
                       std::make_index_sequence<kLanes>{});
        }
        square = next;
    }
}

/// exp(x) for x <= 0, to 2 units in the last place; 0 below -87, where floats lose their precision. NaN of a
/// NaN.
///
/// source  exp(x) = 2^n exp(r) with |r| <= ln(2) / 2, as in Moshier's Cephes library; the polynomial is
///         Taylor's
inline Floats exp_of_negative(Floats x) {
    constexpr float kLog2E = 1.44269504F;
    constexpr float kLn2High = 0.693359375F;  // few bits, so that n kLn2High is exact
    constexpr float kLn2Low = -2.12194440e-4F;
    constexpr float kToInteger = 12582912.0F;  // 1.5 x 2^23: adding it rounds to the nearest integer
    const Floats shifted = x * kLog2E + kToInteger;
    const Floats n = shifted - kToInteger;
    const Floats r = (x - n * kLn2High) - n * kLn2Low;
    Floats p = r * (1.0F / 5040) + 1.0F / 720;
    p = p * r + 1.0F / 120;
    p = p * r + 1.0F / 24;
    p = p * r + 1.0F / 6;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    // The last bits of `shifted` are n; moved up they are the exponent of 2^n.
    const Integers exponent = (reinterpret_cast<Integers>(shifted) + 127) << 23;
    const Floats result = p * reinterpret_cast<Floats>(exponent);
    return x < -87.0F ? Floats{} : result;
}

/// x (1 + erf(x / sqrt 2)) / 2, the exact GELU, to 3e-7 of max(1, |x|).
///
/// source  Hendrycks, Gimpel 2016, "Gaussian Error Linear Units"; half of erf is taken as x P(x^2) / Q(x^2),
///         which is off by 1e-8 before rounding: tools/fit_gelu.py
inline Floats gelu(Floats x) {
    constexpr float kEnd = 5.65F;  // half of erf is 0.5 here, to float's precision
    const Floats end = all(kEnd);
    const Floats z = smaller_of(end, larger_of(-end, x));
    const Floats t = z * z;
    Floats p = 2.1812912e-8F * t + 6.4104759e-6F;
    p = p * t + 0.00017945273F;
    p = p * t + 0.0047408672F;
    p = p * t + 0.034909634F;
    p = p * t + 0.39894213F;
    Floats q = 1.1745648e-6F * t + 7.6988942e-5F;
    q = q * t + 0.0019442804F;
    q = q * t + 0.029248122F;
    q = q * t + 0.25417036F;
    q = q * t + 1.0F;
    return x * (z * p / q + 0.5F);
}

}  // namespace melvit::kernels::MELVIT_LEVEL
