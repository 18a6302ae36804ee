#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/packed_matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

// N = rows, I = inputs of a layer

/// Rows of numbers as either factor of a product wants them: the inputs of a layer, or the gradient of its
/// outputs.
struct PackedRows {
    nn::Panels panels;             ///< B
    nn::MicroPanels micro_panels;  ///< A
};

/// Memory for a layer's inputs [rows x (inputs + 1)]: zeros, but for the last column, which is all 1 and has
/// the bias for its weight.
PackedRows blank_inputs(std::size_t rows, std::size_t inputs);

/// Some rows of the features into the first rows of blank inputs.
///
/// features  [any x I]
/// rows      [N], which rows of the features
/// inputs    blank_inputs(N or more, I)
void load_inputs(const Matrix& features, std::span<const std::size_t> rows, PackedRows& inputs);

/// The same into memory of their own, `block` rows at a time.
///
/// returns  [ceil(N / block)] of [block x (I + 1)], the last one of the rows that are left
std::vector<PackedRows> packed_inputs(const Matrix& features, std::span<const std::size_t> rows,
                                      std::size_t block);

}  // namespace melvit
