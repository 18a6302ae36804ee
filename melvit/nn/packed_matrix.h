#pragma once

#include "melvit/core/matrix.h"
#include "melvit/core/rounding.h"
#include "melvit/kernels/kernels.h"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace melvit::nn {

using kernels::kTileRows;

/// NR, columns of a panel of B, on this processor.
inline std::size_t panel_columns() {
    return kernels::kernels().panel_columns;
}

/// The panels that so many columns fill, and the micro-panels that so many rows fill.
inline std::size_t panels_of(std::size_t columns) {
    return divided_up(columns, panel_columns());
}
constexpr std::size_t micro_panels_of(std::size_t rows) {
    return divided_up(rows, kTileRows);
}

/// The rows of one micro-panel: kTileRows but for the last.
constexpr std::size_t rows_of_micro_panel(std::size_t micro_panel, std::size_t rows) {
    return std::min(kTileRows, rows - micro_panel * kTileRows);
}

/// Columns of a panel that a matrix of so many has; the rest fills it up.
inline std::size_t columns_of_panel(std::size_t panel, std::size_t columns) {
    return std::min(panel_columns(), columns - panel * panel_columns());
}

/// B of a product in f32: a matrix cut into panels of panel_columns() columns, each panel row after row, the
/// last one filled up with zeros. Products walk through it in the order of memory.
class Panels {
public:
    Panels() = default;
    Panels(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), width_(panel_columns()), values_(rows * panels() * width_, 0.0F) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t panels() const { return divided_up(columns_, width_); }

    /// Row `row` of a panel: panel_columns() floats, the next row behind them.
    float* at(std::size_t panel, std::size_t row) { return values_.data() + offset(panel, row); }
    const float* at(std::size_t panel, std::size_t row) const { return values_.data() + offset(panel, row); }

    float& operator()(std::size_t row, std::size_t column) {
        assert(column < columns_);
        return at(column / width_, row)[column % width_];
    }
    float operator()(std::size_t row, std::size_t column) const {
        assert(column < columns_);
        return at(column / width_, row)[column % width_];
    }

private:
    std::size_t offset(std::size_t panel, std::size_t row) const {
        assert(panel < panels() && row < rows_);
        return (panel * rows_ + row) * width_;
    }

    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t width_ = 1;
    AlignedFloats values_;
};

/// A of a product in f32: a matrix cut into micro-panels of kTileRows rows, each column after column.
class MicroPanels {
public:
    MicroPanels() = default;
    MicroPanels(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), values_(micro_panels() * columns * kTileRows, 0.0F) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t micro_panels() const { return micro_panels_of(rows_); }

    /// Column `column` of a micro-panel: kTileRows floats, the next column behind them.
    float* at(std::size_t micro_panel, std::size_t column) {
        return values_.data() + offset(micro_panel, column);
    }
    const float* at(std::size_t micro_panel, std::size_t column) const {
        return values_.data() + offset(micro_panel, column);
    }

private:
    std::size_t offset(std::size_t micro_panel, std::size_t column) const {
        assert(micro_panel < micro_panels() && column < columns_);
        return (micro_panel * columns_ + column) * kTileRows;
    }

    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    AlignedFloats values_;
};

/// The 64-byte lines that `floats` floats fill.
constexpr std::size_t lines_of(std::size_t floats) {
    return floats * sizeof(float) / 64;
}

}  // namespace melvit::nn
