#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/panel_product.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

/// Rows of numbers as both factors of a product want them: the inputs of a layer, or the gradient of its
/// outputs.
struct PackedRows {
    nn::Panels panels;  ///< the right factor
    nn::Strips strips;  ///< the left factor
};

/// The rows of one strip: kStripRows but for the last.
inline std::size_t rows_of_strip(std::size_t strip, std::size_t rows) {
    return std::min(nn::kStripRows, rows - strip * nn::kStripRows);
}

/// Columns of a panel that a matrix of so many has; the rest fills it up.
inline std::size_t columns_of_panel(std::size_t panel, std::size_t columns) {
    return std::min(nn::kPanelColumns, columns - panel * nn::kPanelColumns);
}

/// Memory for a layer's inputs [rows x (inputs + 1)]: zeros, but for the last column, which is all 1 and has
/// the bias for its weight.
PackedRows blank_inputs(std::size_t rows, std::size_t inputs);

/// Some rows of the features into the first rows of blank_inputs(rows, columns of the features).
void load_inputs(const Matrix& features, std::span<const std::size_t> rows, PackedRows& inputs);

/// The same into memory of their own, `block` rows at a time.
std::vector<PackedRows> packed_inputs(const Matrix& features, std::span<const std::size_t> rows,
                                      std::size_t block);

}  // namespace melvit
