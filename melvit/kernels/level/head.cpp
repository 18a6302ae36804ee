#include "melvit/kernels/level/head.h"

#include "melvit/kernels/level/formats.h"

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

/// The micro-kernel of product.cpp for A given column by column (a micro-panel, or a piece of a panel whose rows
/// are K), with prefetching of other memory.
template <std::size_t Rows>
void multiply_rows(const Tile& tile) {
    const float* __restrict a = tile.a;
    const float* __restrict b = tile.b;
    float* __restrict c = tile.c;
    const std::size_t stride = tile.a_stride;
    Floats sums[Rows][kPanelVectors] = {};
    if (tile.accumulate) {
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
            for (std::size_t v = 0; v < kPanelVectors; ++v)
                sums[r][v] = load(c + r * kPanelColumns + v * kLanes);
        }
    }
    const auto add_term = [&](std::size_t k) __attribute__((always_inline)) {
        Floats columns[kPanelVectors];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kPanelVectors; ++v) columns[v] = load(b + k * kPanelColumns + v * kLanes);
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
            const Floats x = all(a[k * stride + r]);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < kPanelVectors; ++v)
                sums[r][v] = multiply_add(x, columns[v], sums[r][v]);
        }
    };
    std::size_t k = 0;
    for (const float* from : tile.prefetch.from) {
        const std::size_t end = from == nullptr ? k : lesser(k + tile.prefetch.lines, tile.inner);
        for (; k < end; ++k, from += kLineFloats) {
            add_term(k);
            __builtin_prefetch(from);
        }
    }
    for (; k < tile.inner; ++k) add_term(k);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < kPanelVectors; ++v) {
            const Floats sum = tile.relu ? larger_of(sums[r][v], Floats{}) : sums[r][v];
            store(sum, c + r * kPanelColumns + v * kLanes);
        }
    }
}

using TileKernel = void (*)(const Tile&);

/// 32 random bits for a unit out of its row's key.
/// source  the finaliser of MurmurHash3 (Appleby 2011)
std::uint32_t unit_bits(std::uint32_t key, std::uint32_t unit) {
    std::uint32_t x = key + unit * 0x9E3779B9U;
    x = (x ^ (x >> 16U)) * 0x85EBCA6BU;
    x = (x ^ (x >> 13U)) * 0xC2B2AE35U;
    return x ^ (x >> 16U);
}

}  // namespace

void multiply_tile(const Tile& tile) {
    static_assert(kTileRows == 6);
    static constexpr TileKernel kKernels[kTileRows] = {multiply_rows<1>, multiply_rows<2>, multiply_rows<3>,
                                                       multiply_rows<4>, multiply_rows<5>, multiply_rows<6>};
    kKernels[tile.rows - 1](tile);
}

void transpose_block(const float* from, float* to) {
    for (std::size_t row = 0; row < kPanelColumns; row += kLanes) {
        for (std::size_t column = 0; column < kPanelColumns; column += kLanes) {
            Square square;
            for (std::size_t i = 0; i < kLanes; ++i)
                square.rows[i] = load(from + (row + i) * kPanelColumns + column);
            transpose(square);
            for (std::size_t i = 0; i < kLanes; ++i)
                store(square.rows[i], to + (column + i) * kPanelColumns + row);
        }
    }
}

void to_micro_panel(const float* from, std::size_t stride, std::size_t rows, std::size_t columns, float* to) {
    for (std::size_t first_row = 0; first_row < kTileRows; first_row += kLanes) {
        const std::size_t height = lesser(kLanes, kTileRows - first_row);
        const std::size_t filled = lesser(height, rows - lesser(first_row, rows));
        for (std::size_t first = 0; first < columns; first += kLanes) {
            const std::size_t width = lesser(kLanes, columns - first);
            Square square{};
            for (std::size_t i = 0; i < filled; ++i) {
                const float* piece = from + (first_row + i) * stride + first;
                square.rows[i] = width == kLanes ? load(piece) : load_some(piece, width);
            }
            transpose(square);
            for (std::size_t i = 0; i < width; ++i)
                std::memcpy(to + (first + i) * kTileRows + first_row, &square.rows[i],
                            height * sizeof(float));
        }
    }
}

void relu_gradient(const float* output, float kept, std::size_t count, float* gradient) {
    for (std::size_t i = 0; i < count; ++i) gradient[i] *= output[i] > 0.0F ? kept : 0.0F;
}

void drop_units(std::uint32_t key, std::uint32_t first, std::uint32_t threshold, float kept,
                std::size_t count, float* units) {
    for (std::size_t i = 0; i < count; ++i)
        units[i] *= unit_bits(key, first + static_cast<std::uint32_t>(i)) < threshold ? 0.0F : kept;
}

void adamw(const AdamWStep& step, const float* gradient, std::size_t count, float* mean, float* square,
           const float* weight, float* changed) {
    for (std::size_t i = 0; i < count; i += kLanes) {
        const Floats slope = load(gradient + i);
        const Floats new_mean = step.keep_mean * load(mean + i) + step.add_mean * slope;
        const Floats new_square = step.keep_square * load(square + i) + step.add_square * (slope * slope);
        const Floats direction = new_mean / (step.root_scale * square_root(new_square) + step.epsilon);
        store(new_mean, mean + i);
        store(new_square, square + i);
        store(step.keep_weight * load(weight + i) - step.step_size * direction, changed + i);
    }
}

}  // namespace melvit::kernels::MELVIT_LEVEL
