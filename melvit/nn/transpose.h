#pragma once

#include "melvit/nn/vector.h"

#include <array>
#include <cstddef>
#include <utility>

namespace melvit::nn {

/// A square of 32-bit numbers, a row in each register.
using Square = std::array<Vector, kLanes>;

/// The lanes of a and b in turn, a before b: `first` from their lower halves, `second` from their upper ones.
template <std::size_t... I>
void interleave(Vector a, Vector b, Vector& first, Vector& second, std::index_sequence<I...>) {
    first = __builtin_shufflevector(a, b, (I / 2 + (I % 2) * kLanes)...);
    second = __builtin_shufflevector(a, b, (kLanes / 2 + I / 2 + (I % 2) * kLanes)...);
}

/// Turns a square: rows become columns. Each round is a perfect shuffle of its elements, which turns the bits
/// of an element's (row, column) number by one place; after log2(kLanes) rounds row and column have changed
/// places.
inline void transpose_square(Square& square) {
#pragma GCC unroll 4
    for (std::size_t round = 1; round < kLanes; round *= 2) {
        Square next;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kLanes / 2; ++i) {
            interleave(square[i], square[i + kLanes / 2], next[2 * i], next[2 * i + 1],
                       std::make_index_sequence<kLanes>{});
        }
        square = next;
    }
}

}  // namespace melvit::nn
