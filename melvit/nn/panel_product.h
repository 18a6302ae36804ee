#pragma once

#include "melvit/core/matrix.h"
#include "melvit/core/rounding.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace melvit::nn {

/// Columns of a panel and rows of a strip. Their product is a tile of sums that stays in registers: AVX-512
/// and NEON have 32 of them (24 hold sums), the others 16 (12 hold sums).
inline constexpr std::size_t kPanelColumns = 2 * kLanes;
#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr std::size_t kStripRows = 12;
#else
inline constexpr std::size_t kStripRows = 6;
#endif

/// The panels that so many columns fill, and the strips that so many rows fill.
constexpr std::size_t panels_of(std::size_t columns) {
    return divided_up(columns, kPanelColumns);
}
constexpr std::size_t strips_of(std::size_t rows) {
    return divided_up(rows, kStripRows);
}

/// The rows of one strip: kStripRows but for the last.
constexpr std::size_t rows_of_strip(std::size_t strip, std::size_t rows) {
    return std::min(kStripRows, rows - strip * kStripRows);
}

/// Columns of a panel that a matrix of so many has; the rest fills it up.
constexpr std::size_t columns_of_panel(std::size_t panel, std::size_t columns) {
    return std::min(kPanelColumns, columns - panel * kPanelColumns);
}

/// A matrix cut into panels of kPanelColumns columns, each panel row after row, the last one filled up with
/// zeros: products walk through it in the order of memory.
class Panels {
public:
    Panels() = default;
    Panels(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), values_(rows * panels() * kPanelColumns, 0.0F) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t panels() const { return panels_of(columns_); }

    /// Row `row` of a panel: kPanelColumns floats, the next row behind them.
    float* at(std::size_t panel, std::size_t row) { return values_.data() + offset(panel, row); }
    const float* at(std::size_t panel, std::size_t row) const { return values_.data() + offset(panel, row); }

    float& operator()(std::size_t row, std::size_t column) {
        assert(column < columns_);
        return at(column / kPanelColumns, row)[column % kPanelColumns];
    }
    float operator()(std::size_t row, std::size_t column) const {
        assert(column < columns_);
        return at(column / kPanelColumns, row)[column % kPanelColumns];
    }

private:
    std::size_t offset(std::size_t panel, std::size_t row) const {
        assert(panel < panels() && row < rows_);
        return (panel * rows_ + row) * kPanelColumns;
    }

    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    AlignedFloats values_;
};

/// A matrix cut into strips of kStripRows rows, each strip column after column: the left factor of a product.
class Strips {
public:
    Strips() = default;
    Strips(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), values_(strips() * columns * kStripRows, 0.0F) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t strips() const { return strips_of(rows_); }

    /// Column `column` of a strip: kStripRows floats, the next column behind them.
    float* at(std::size_t strip, std::size_t column) { return values_.data() + offset(strip, column); }
    const float* at(std::size_t strip, std::size_t column) const {
        return values_.data() + offset(strip, column);
    }

private:
    std::size_t offset(std::size_t strip, std::size_t column) const {
        assert(strip < strips() && column < columns_);
        return (strip * columns_ + column) * kStripRows;
    }

    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    AlignedFloats values_;
};

/// The left factor of a product: element (row, k) is at values[k * stride + row].
struct LeftFactor {
    const float* values = nullptr;
    std::size_t stride = kStripRows;
    std::size_t rows = 0;  ///< 1 ... kStripRows
};

/// Memory that will be needed after a product. It is fetched into the cache meanwhile: a product leaves the
/// memory idle.
struct Ahead {
    std::array<const float*, 3> from{};  ///< up to three places, the first ones; null: nothing
    std::size_t lines = 0;               ///< 64-byte lines from each place
};

/// The lines that `floats` floats fill.
constexpr std::size_t lines_of(std::size_t floats) {
    return floats * sizeof(float) / 64;
}

/// product = left x panel, each sum taken in the order of k: a row's result does not depend on the rows
/// beside it.
///
/// left     [rows x inner]
/// panel    [inner x kPanelColumns], of Panels
/// product  [rows x kPanelColumns], row after row, as in Panels
void multiply(const LeftFactor& left, const float* panel, std::size_t inner, float* product,
              const Ahead& ahead = {});

/// product += left x panel
void multiply_add(const LeftFactor& left, const float* panel, std::size_t inner, float* product,
                  const Ahead& ahead = {});

/// Turns a block of a panel: to[c * kPanelColumns + r] = from[r * kPanelColumns + c] for all
/// r, c < kPanelColumns.
void transpose_block(const float* from, float* to);

/// A piece of a table as a piece of a strip: to[c * kStripRows + r] = from[r * stride + c] for r < rows (at
/// most kStripRows) and c < columns; the other rows of the strip become 0.
void to_strip(const float* from, std::size_t stride, std::size_t rows, std::size_t columns, float* to);

/// The same of a piece of a panel.
inline void panel_to_strip(const float* from, std::size_t rows, std::size_t columns, float* to) {
    assert(columns <= kPanelColumns);
    to_strip(from, kPanelColumns, rows, columns, to);
}

}  // namespace melvit::nn
