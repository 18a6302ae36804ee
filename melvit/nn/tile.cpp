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

float* row_of(const Rows& y, const Tile& tile, std::size_t row) {
    return y.row(tile.row + row).data() + tile.column;
}

template <After kAfter>
void finish_rows(const float* sums, const float* bias, const Rows& y, const Tile& tile) {
    for (std::size_t r = 0; r < tile.rows; ++r) {
        const float* row = sums + r * tile.stride;
        finish_row<kAfter>(row_of(y, tile, r), tile.columns,
                           [=](std::size_t c) { return load(row + c) + load(bias + c); });
    }
}

template <After kAfter>
void finish_rows(const std::int32_t* sums, const float* bias, const OutputCodes& outputs,
                 const OperandRows& x, const Rows& y, const Tile& tile) {
    const float* scale = outputs.scale;
    const std::int32_t* code_sums = outputs.code_sums;
    for (std::size_t r = 0; r < tile.rows; ++r) {
        const std::int32_t* row = sums + r * tile.stride;
        const RowCode code = x.row_code(tile.row + r);
        finish_row<kAfter>(row_of(y, tile, r), tile.columns, [=](std::size_t c) {
            const Integers sum = load_integers(row + c) - code.zero * load_integers(code_sums + c);
            return __builtin_convertvector(sum, Vector) * (code.scale * load(scale + c)) + load(bias + c);
        });
    }
}

/// Calls work<after>(), so that what depends on it is chosen once for a tile.
template <class Work>
void with(After after, const Work& work) {
    switch (after) {
        case After::nothing:
            return work.template operator()<After::nothing>();
        case After::gelu:
            return work.template operator()<After::gelu>();
        case After::add:
            return work.template operator()<After::add>();
    }
}

}  // namespace

void finish(const float* sums, const float* bias, After after, const Rows& y, const Tile& tile) {
    with(after, [&]<After kAfter>() { finish_rows<kAfter>(sums, bias + tile.column, y, tile); });
}

void finish(const std::int32_t* sums, const float* bias, const OutputCodes& outputs, const OperandRows& x,
            After after, const Rows& y, const Tile& tile) {
    const OutputCodes here{outputs.scale + tile.column, outputs.code_sums + tile.column};
    with(after, [&]<After kAfter>() { finish_rows<kAfter>(sums, bias + tile.column, here, x, y, tile); });
}

}  // namespace melvit::nn
