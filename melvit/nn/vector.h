#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace melvit::nn {

/// Floats in the widest register of the processor that the build is for.
#if defined(__AVX512F__)
inline constexpr std::size_t kLanes = 16;
#elif defined(__AVX__)
inline constexpr std::size_t kLanes = 8;
#else
inline constexpr std::size_t kLanes = 4;
#endif

/// One register of floats; + - * / work lane by lane, and with a scalar on one side.
using Vector [[gnu::vector_size(kLanes * sizeof(float))]] = float;

/// One register of 32-bit integers, as many as there are floats in a Vector.
using Integers [[gnu::vector_size(kLanes * sizeof(std::int32_t))]] = std::int32_t;

inline Vector load(const float* from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

/// As many bytes as a register has, of integers of any width.
template <class From>
Integers load_integers(const From* from) {
    Integers integers;
    std::memcpy(&integers, from, sizeof integers);
    return integers;
}

inline void store(Vector vector, float* to) {
    std::memcpy(to, &vector, sizeof vector);
}

/// The larger number of each lane; that of b where either is NaN.
inline Vector larger_of(Vector a, Vector b) {
#if defined(__AVX512F__)
    return _mm512_maskz_max_ps(0xFFFF, a, b);  // g++ 12 makes two instructions of the line below
#else
    return a > b ? a : b;
#endif
}

/// The smaller number of each lane; that of b where either is NaN.
inline Vector smaller_of(Vector a, Vector b) {
#if defined(__AVX512F__)
    return _mm512_maskz_min_ps(0xFFFF, a, b);
#else
    return a < b ? a : b;
#endif
}

/// The square root of each lane, finite and not negative; on AVX-512 to a unit in the last place, by Newton's
/// step from an estimate of 1 / sqrt(x), which leaves the divider to others.
inline Vector square_root(Vector x) {
#if defined(__AVX512F__)
    const Vector inverse =
        _mm512_maskz_rsqrt14_ps(0xFFFF, x);  // g++ 12 warns inside the intrinsics without mask
    const Vector root = x * inverse;
    const Vector better = root + 0.5F * inverse * (x - root * root);
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, Vector{}, _CMP_NEQ_UQ), better);
#elif defined(__AVX__)
    return _mm256_sqrt_ps(x);
#else
    for (std::size_t lane = 0; lane < kLanes; ++lane) x[lane] = std::sqrt(x[lane]);
    return x;
#endif
}

/// While it lives, the calling thread takes numbers too small for float's full precision (below 1e-38) for 0.
/// A processor computes with them a hundred times slower, and the running means of a unit that gets no
/// gradient any more end there.
class FlushSubnormals {
public:
#if defined(__SSE__)
    FlushSubnormals() : before_(_mm_getcsr()) {
        _mm_setcsr(before_ | 0x8040U);
    }
    ~FlushSubnormals() {
        _mm_setcsr(before_);
    }
#else
    FlushSubnormals() = default;
    ~FlushSubnormals() = default;
#endif
    FlushSubnormals(const FlushSubnormals&) = delete;
    FlushSubnormals& operator=(const FlushSubnormals&) = delete;

private:
    unsigned before_ = 0;
};

}  // namespace melvit::nn
