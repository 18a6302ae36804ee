#include "melvit/nn/code_product.h"

#include <array>
#include <cassert>
#include <cstring>
#include <utility>

namespace melvit::nn {
namespace {

/// In each lane the sum of the products of two pairs.
Integers multiply_pairs(Integers a, Integers b) {
#if defined(__AVX512BW__)
    return reinterpret_cast<Integers>(
        _mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
    return reinterpret_cast<Integers>(
        _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__) && !defined(__AVX__)
    return reinterpret_cast<Integers>(
        _mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
    return ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
#endif
}

template <std::size_t Rows>
void multiply_code_rows(const CodePair* __restrict left, const CodePair* __restrict panel, std::size_t pairs,
                        std::int32_t* __restrict product) {
    std::array<Integers, Rows> low{};
    std::array<Integers, Rows> high{};
    for (std::size_t k = 0; k < pairs; ++k) {
        const Integers panel_low = load_integers(panel + k * kPanelColumns);
        const Integers panel_high = load_integers(panel + k * kPanelColumns + kLanes);
#pragma GCC unroll 16
        for (std::size_t row = 0; row < Rows; ++row) {
            std::int32_t pair = 0;
            std::memcpy(&pair, left + k * kStripRows + row, sizeof pair);
            const Integers x = pair + Integers{};
            low[row] += multiply_pairs(x, panel_low);
            high[row] += multiply_pairs(x, panel_high);
        }
    }
#pragma GCC unroll 16
    for (std::size_t row = 0; row < Rows; ++row) {
        std::memcpy(product + row * kPanelColumns, &low[row], sizeof low[row]);
        std::memcpy(product + row * kPanelColumns + kLanes, &high[row], sizeof high[row]);
    }
}

using CodeKernel = void (*)(const CodePair*, const CodePair*, std::size_t, std::int32_t*);

/// Element i multiplies i + 1 rows.
template <std::size_t... I>
constexpr std::array<CodeKernel, sizeof...(I)> code_kernels(std::index_sequence<I...>) {
    return {multiply_code_rows<I + 1>...};
}

constexpr auto kMultiplyCodes = code_kernels(std::make_index_sequence<kStripRows>{});

}  // namespace

void multiply_codes(const CodePair* left, std::size_t rows, const CodePair* panel, std::size_t pairs,
                    std::int32_t* product) {
    assert(rows >= 1 && rows <= kStripRows);
    kMultiplyCodes[rows - 1](left, panel, pairs, product);
}

}  // namespace melvit::nn
