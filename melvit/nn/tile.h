#pragma once

#include "melvit/nn/engine.h"

#include <cstddef>
#include <cstdint>

namespace melvit::nn {

/// A part of a result, and how far a row of its sums is from the next.
struct Tile {
    std::size_t row = 0;     ///< its first, in the result
    std::size_t column = 0;  ///< its first, in the result
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;  ///< of the sums
};

/// What the sums of an 8-bit product need to become numbers, an element for each output.
struct OutputCodes {
    const float* scale;             ///< of the weights' codes
    const std::int32_t* code_sums;  ///< of the weights' codes: what a row's zero adds to a sum
};

/// Makes numbers of a tile of sums, does what comes after, and puts it into the result: sum + bias.
///
/// sums  [rows x columns], rows `stride` apart; reads up to the end of a register, as of the bias
/// bias  an element for each output
void finish(const float* sums, const float* bias, After after, const Rows& y, const Tile& tile);

/// The same of sums of 8-bit codes: row scale x output scale x (sum - row zero x code sum) + bias.
///
/// x  the left factor, whose rows are those of y
void finish(const std::int32_t* sums, const float* bias, const OutputCodes& outputs, const OperandRows& x,
            After after, const Rows& y, const Tile& tile);

}  // namespace melvit::nn
