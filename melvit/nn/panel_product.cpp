#include "melvit/nn/panel_product.h"

#include "melvit/nn/transpose.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace melvit::nn {
namespace {

static_assert(kPanelColumns == 2 * kLanes);

constexpr std::size_t kLineFloats = 16;

/// The product of `Rows` rows: 2 * Rows sums stay in registers over the whole loop.
template <bool Add, std::size_t Rows>
void multiply_rows(const LeftFactor& factor, const float* __restrict panel, std::size_t inner,
                   float* __restrict product, const Ahead& ahead) {
    const float* __restrict left = factor.values;
    const std::size_t stride = factor.stride;
    std::array<Vector, Rows> low{};
    std::array<Vector, Rows> high{};
#pragma GCC unroll 16
    for (std::size_t row = 0; Add && row < Rows; ++row) {
        low[row] = load(product + row * kPanelColumns);
        high[row] = load(product + row * kPanelColumns + kLanes);
    }
    const auto add_term = [&](std::size_t k) __attribute__((always_inline)) {
        const Vector panel_low = load(panel + k * kPanelColumns);
        const Vector panel_high = load(panel + k * kPanelColumns + kLanes);
#pragma GCC unroll 16
        for (std::size_t row = 0; row < Rows; ++row) {
            const float x = left[k * stride + row];
            low[row] += x * panel_low;
            high[row] += x * panel_high;
        }
    };
    std::size_t k = 0;
    for (const float* from : ahead.from) {
        const std::size_t end = from == nullptr ? k : std::min(k + ahead.lines, inner);
        for (; k < end; ++k, from += kLineFloats) {
            add_term(k);
            __builtin_prefetch(from);
        }
    }
    for (; k < inner; ++k) add_term(k);
#pragma GCC unroll 16
    for (std::size_t row = 0; row < Rows; ++row) {
        store(low[row], product + row * kPanelColumns);
        store(high[row], product + row * kPanelColumns + kLanes);
    }
}

using StripKernel = void (*)(const LeftFactor&, const float*, std::size_t, float*, const Ahead&);

/// Element i multiplies i + 1 rows.
template <bool Add, std::size_t... I>
constexpr std::array<StripKernel, sizeof...(I)> strip_kernels(std::index_sequence<I...>) {
    return {multiply_rows<Add, I + 1>...};
}

constexpr auto kMultiply = strip_kernels<false>(std::make_index_sequence<kStripRows>{});
constexpr auto kMultiplyAdd = strip_kernels<true>(std::make_index_sequence<kStripRows>{});

}  // namespace

void multiply(const LeftFactor& left, const float* panel, std::size_t inner, float* product,
              const Ahead& ahead) {
    assert(left.rows >= 1 && left.rows <= kStripRows);
    kMultiply[left.rows - 1](left, panel, inner, product, ahead);
}

void multiply_add(const LeftFactor& left, const float* panel, std::size_t inner, float* product,
                  const Ahead& ahead) {
    assert(left.rows >= 1 && left.rows <= kStripRows);
    kMultiplyAdd[left.rows - 1](left, panel, inner, product, ahead);
}

void transpose_block(const float* from, float* to) {
    for (std::size_t row = 0; row < kPanelColumns; row += kLanes) {
        for (std::size_t column = 0; column < kPanelColumns; column += kLanes) {
            Square square;
            for (std::size_t i = 0; i < kLanes; ++i)
                square[i] = load(from + (row + i) * kPanelColumns + column);
            transpose_square(square);
            for (std::size_t i = 0; i < kLanes; ++i)
                store(square[i], to + (column + i) * kPanelColumns + row);
        }
    }
}

void to_strip(const float* from, std::size_t stride, std::size_t rows, std::size_t columns, float* to) {
    assert(rows <= kStripRows);
    for (std::size_t first_row = 0; first_row < kStripRows; first_row += kLanes) {
        const std::size_t height = std::min(kLanes, kStripRows - first_row);
        const std::size_t filled = std::min(height, rows - std::min(first_row, rows));
        for (std::size_t first = 0; first < columns; first += kLanes) {
            const std::size_t width = std::min(kLanes, columns - first);
            Square square{};
            for (std::size_t i = 0; i < filled; ++i) {
                const float* piece = from + (first_row + i) * stride + first;
                // A copy of a length that is known only then is a call.
                if (width == kLanes) {
                    square[i] = load(piece);
                } else {
                    std::memcpy(&square[i], piece, width * sizeof(float));
                }
            }
            transpose_square(square);
            for (std::size_t i = 0; i < width; ++i) {
                std::memcpy(to + (first + i) * kStripRows + first_row, &square[i], height * sizeof(float));
            }
        }
    }
}

}  // namespace melvit::nn
