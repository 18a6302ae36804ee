#include "melvit/nn/tile.h"

#include "melvit/nn/gelu.h"

#include <algorithm>
#include <array>

namespace melvit::nn {
namespace {

template <After kAfter>
Vector with_after(Vector x, const float* y) {
    if constexpr (kAfter == After::gelu) return gelu(x);
    if constexpr (kAfter == After::add) return x + load(y);
    return x;
}

/// y[c] = after(value(c)), a register at a time; value(c) gives those of c, c + 1, ... and may read beyond
/// `columns`.
template <After kAfter, class Value>
void finish_row(float* y, std::size_t columns, const Value& value) {
    std::size_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) store(with_after<kAfter>(value(c), y + c), y + c);
    if (c == columns) return;
    std::array<float, kLanes> rest{};
    std::copy_n(y + c, columns - c, rest.data());
    store(with_after<kAfter>(value(c), rest.data()), rest.data());
    std::copy_n(rest.data(), columns - c, y + c);
}

template <class Value>
void finish_row(After after, float* y, std::size_t columns, const Value& value) {
    switch (after) {
        case After::nothing:
            return finish_row<After::nothing>(y, columns, value);
        case After::gelu:
            return finish_row<After::gelu>(y, columns, value);
        case After::add:
            return finish_row<After::add>(y, columns, value);
    }
}

float* row_of(const Rows& y, const Tile& tile, std::size_t row) {
    return y.row(tile.row + row).data() + tile.column;
}

}  // namespace

void finish(const float* sums, const float* bias, After after, const Rows& y, const Tile& tile) {
    for (std::size_t r = 0; r < tile.rows; ++r) {
        const float* row = sums + r * tile.stride;
        finish_row(after, row_of(y, tile, r), tile.columns,
                   [&](std::size_t c) { return load(row + c) + load(bias + tile.column + c); });
    }
}

void finish(const std::int32_t* sums, const float* bias, const OutputCodes& outputs, const OperandRows& x,
            After after, const Rows& y, const Tile& tile) {
    for (std::size_t r = 0; r < tile.rows; ++r) {
        const std::int32_t* row = sums + r * tile.stride;
        const RowCode code = x.row_code(tile.row + r);
        finish_row(after, row_of(y, tile, r), tile.columns, [&](std::size_t c) {
            const std::size_t output = tile.column + c;
            const Integers sum =
                load_integers(row + c) - code.zero * load_integers(outputs.code_sums + output);
            return __builtin_convertvector(sum, Vector) * (code.scale * load(outputs.scale + output)) +
                   load(bias + output);
        });
    }
}

}  // namespace melvit::nn
