#include "melvit/nn/grouped_product.h"

#include "melvit/nn/transpose.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <type_traits>
#include <utility>

namespace melvit::nn {
namespace {

template <class Arithmetic>
using SumVector = std::conditional_t<std::is_same_v<typename Arithmetic::Sum, float>, Vector, Integers>;

// sum + the products of a group of x in all lanes and those of a panel. What is not in a processor's
// registers is not defined.

Vector add_products(Floats, Vector sum, Group x, Integers panel) {
    return sum + std::bit_cast<float>(x) * reinterpret_cast<Vector>(panel);
}

#if defined(__AVX512BF16__)
Vector add_products(Bf16Pairs, Vector sum, Group x, Integers panel) {
    const __m512i pair = _mm512_set1_epi32(static_cast<int>(x));
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(pair), reinterpret_cast<__m512bh>(panel));
}
#endif

Integers add_products(CodePairs, Integers sum, Group x, Integers panel) {
    const Integers pair = static_cast<std::int32_t>(x) + Integers{};
#if defined(__AVX512BW__)
    return sum + reinterpret_cast<Integers>(
                     _mm512_madd_epi16(reinterpret_cast<__m512i>(pair), reinterpret_cast<__m512i>(panel)));
#elif defined(__AVX2__)
    return sum + reinterpret_cast<Integers>(
                     _mm256_madd_epi16(reinterpret_cast<__m256i>(pair), reinterpret_cast<__m256i>(panel)));
#elif defined(__SSE2__) && !defined(__AVX__)
    return sum + reinterpret_cast<Integers>(
                     _mm_madd_epi16(reinterpret_cast<__m128i>(pair), reinterpret_cast<__m128i>(panel)));
#else
    return sum + ((pair << 16) >> 16) * ((panel << 16) >> 16) + (pair >> 16) * (panel >> 16);
#endif
}

#if defined(__AVX512VNNI__)
Integers add_products(CodeQuads, Integers sum, Group x, Integers panel) {
    const __m512i quad = _mm512_set1_epi32(static_cast<int>(x));
    return reinterpret_cast<Integers>(
        _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), quad, reinterpret_cast<__m512i>(panel)));
}
#endif

/// Has what comes 3 KB later in a panel brought into the first cache, which is shorter than a panel: Intel's
/// own fetching ahead leaves some of the second one's latency. With narrower registers it was not measured.
void fetch_ahead(const Group* panel) {
    constexpr std::uintptr_t kAheadBytes = 3072;
    // As a number, because it may lie beyond the last panel.
    if constexpr (kLanes == 16) {
        const std::uintptr_t ahead = reinterpret_cast<std::uintptr_t>(panel) + kAheadBytes;
        __builtin_prefetch(reinterpret_cast<const void*>(ahead));  // NOLINT(performance-no-int-to-ptr)
    }
}

template <class Arithmetic>
using Kernel = void (*)(const GroupRows&, const Group*, std::size_t, typename Arithmetic::Sum*, std::size_t);

/// The product of `Rows` rows and `Vectors` registers of columns: all sums stay in registers over the whole
/// loop.
template <class Arithmetic, std::size_t Rows, std::size_t Vectors>
void multiply_registers(const GroupRows& left, const Group* __restrict panel, std::size_t groups,
                        typename Arithmetic::Sum* __restrict tile, std::size_t stride) {
    std::array<std::array<SumVector<Arithmetic>, Vectors>, Rows> sums{};
    std::array<const std::byte*, Rows> rows;
    for (std::size_t r = 0; r < Rows; ++r)
        rows[r] = static_cast<const std::byte*>(left.first) + r * left.row_bytes;
    for (std::size_t k = 0; k < groups; ++k) {
        std::array<Integers, Vectors> columns;
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v) {
            const Group* here = panel + k * kTileColumns + v * kLanes;
            columns[v] = load_integers(here);
            fetch_ahead(here);
        }
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
            Group x;
            std::memcpy(&x, rows[r] + k * sizeof x, sizeof x);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < Vectors; ++v)
                sums[r][v] = add_products(Arithmetic{}, sums[r][v], x, columns[v]);
        }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v)
            std::memcpy(tile + r * stride + v * kLanes, &sums[r][v], sizeof(Vector));
    }
}

template <class Arithmetic>
using KernelsOfHeight = std::array<Kernel<Arithmetic>, kTileVectors>;

template <class Arithmetic, std::size_t Rows, std::size_t... V>
constexpr KernelsOfHeight<Arithmetic> kernels_of_height(std::index_sequence<V...>) {
    return {multiply_registers<Arithmetic, Rows, V + 1>...};
}

/// Element [r][v] multiplies r + 1 rows and v + 1 registers of columns.
template <class Arithmetic, std::size_t... R>
constexpr std::array<KernelsOfHeight<Arithmetic>, kTileRows> all_kernels(std::index_sequence<R...>) {
    return {kernels_of_height<Arithmetic, R + 1>(std::make_index_sequence<kTileVectors>{})...};
}

}  // namespace

template <class Arithmetic>
void multiply_tile(const GroupRows& left, const Group* panel, std::size_t groups, std::size_t columns,
                   typename Arithmetic::Sum* tile, std::size_t stride) {
    static constexpr auto kKernels = all_kernels<Arithmetic>(std::make_index_sequence<kTileRows>{});
    assert(left.rows >= 1 && left.rows <= kTileRows && columns >= 1 && columns <= kTileColumns);
    kKernels[left.rows - 1][divided_up(columns, kLanes) - 1](left, panel, groups, tile, stride);
}

template void multiply_tile<Floats>(const GroupRows&, const Group*, std::size_t, std::size_t, float*,
                                    std::size_t);
template void multiply_tile<CodePairs>(const GroupRows&, const Group*, std::size_t, std::size_t,
                                       std::int32_t*, std::size_t);
#if defined(__AVX512BF16__)
template void multiply_tile<Bf16Pairs>(const GroupRows&, const Group*, std::size_t, std::size_t, float*,
                                       std::size_t);
#endif
#if defined(__AVX512VNNI__)
template void multiply_tile<CodeQuads>(const GroupRows&, const Group*, std::size_t, std::size_t,
                                       std::int32_t*, std::size_t);
#endif

void pack_panels(const void* first, std::size_t column_bytes, std::size_t groups, std::size_t columns,
                 Group* panels) {
    const auto* from = static_cast<const std::byte*>(first);
    for (std::size_t begin = 0; begin < divided_up(columns, kTileColumns) * kTileColumns; begin += kLanes) {
        const std::size_t here = begin < columns ? std::min(kLanes, columns - begin) : 0;
        Group* to = panels + begin / kTileColumns * groups * kTileColumns + begin % kTileColumns;
        for (std::size_t k = 0; k < groups; k += kLanes) {
            const std::size_t count = std::min(kLanes, groups - k);
            Square square{};
            for (std::size_t c = 0; c < here; ++c) {
                const std::byte* piece = from + (begin + c) * column_bytes + k * sizeof(Group);
                // A copy of a length that is known only then is a call.
                if (count == kLanes) {
                    std::memcpy(&square[c], piece, sizeof square[c]);
                } else {
                    std::memcpy(&square[c], piece, count * sizeof(Group));
                }
            }
            transpose_square(square);
            for (std::size_t i = 0; i < count; ++i)
                std::memcpy(to + (k + i) * kTileColumns, &square[i], sizeof square[i]);
        }
    }
}

}  // namespace melvit::nn
