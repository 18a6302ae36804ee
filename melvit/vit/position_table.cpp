#include "melvit/vit/position_table.h"

#include "melvit/spectrum/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace melvit {
namespace {

/// sum += weight * row
void add_row(std::span<const float> row, float weight, std::span<float> sum) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * row[i];
}

/// How the lines along one axis of a grid are resized: each new one from some of the old.
std::vector<Tap> taps_of(std::size_t from, std::size_t to) {
    return bicubic_taps(static_cast<int>(from), static_cast<int>(to));
}

/// sum  [D], zeros: becomes the tap's mean of rows of a table
///
/// row_of  the row of a number along the axis
void add_tap(ConstMatrixView table, const Tap& tap, const auto& row_of, std::span<float> sum) {
    for (std::size_t i = 0; i < tap.weights.size(); ++i)
        add_row(table.row(row_of(static_cast<std::size_t>(tap.first) + i)), tap.weights[i], sum);
}

}  // namespace

std::optional<PositionGrid> square_position_grid(std::size_t rows, std::size_t prefix_tokens) {
    for (const std::size_t prefix_rows : {prefix_tokens, std::size_t{0}}) {
        if (rows <= prefix_rows) continue;
        const std::size_t patches = rows - prefix_rows;
        const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(patches))));
        if (side * side == patches) return PositionGrid{{side, side}, prefix_rows};
    }
    return std::nullopt;
}

Matrix resampled_positions(ConstMatrixView table, const PositionGrid& from, const PatchGrid& to,
                           std::size_t prefix_tokens) {
    assert(table.rows() == from.prefix_rows + from.grid.size());
    assert(from.prefix_rows == 0 || from.prefix_rows == prefix_tokens);
    Matrix result(prefix_tokens + to.size(), table.columns());
    for (std::size_t row = 0; row < from.prefix_rows; ++row)
        std::ranges::copy(table.row(row), result.row(row).begin());
    if (from.grid == to) {
        for (std::size_t patch = 0; patch < to.size(); ++patch)
            std::ranges::copy(table.row(from.prefix_rows + patch), result.row(prefix_tokens + patch).begin());
        return result;
    }
    const std::vector<Tap> columns = taps_of(from.grid.columns, to.columns);
    Matrix narrow(from.grid.rows * to.columns,
                  table.columns());  // [rows of `from` x columns of `to`] rows of D
    for (std::size_t y = 0; y < from.grid.rows; ++y) {
        const std::size_t first = from.prefix_rows + y * from.grid.columns;
        for (std::size_t x = 0; x < to.columns; ++x)
            add_tap(
                table, columns[x], [&](std::size_t i) { return first + i; }, narrow.row(y * to.columns + x));
    }
    const std::vector<Tap> rows = taps_of(from.grid.rows, to.rows);
    for (std::size_t y = 0; y < to.rows; ++y) {
        for (std::size_t x = 0; x < to.columns; ++x)
            add_tap(
                narrow, rows[y], [&](std::size_t i) { return i * to.columns + x; },
                result.row(prefix_tokens + y * to.columns + x));
    }
    return result;
}

Matrix sincos_positions(const PatchGrid& grid, std::size_t width) {
    assert(width % 4 == 0);
    constexpr double kLongest = 10'000.0;
    const std::size_t quarter = width / 4;
    Matrix table(grid.size(), width);
    for (std::size_t patch = 0; patch < grid.size(); ++patch) {
        const std::span<float> row = table.row(patch);
        for (std::size_t i = 0; i < quarter; ++i) {
            const double frequency =
                std::pow(kLongest, -static_cast<double>(i) / static_cast<double>(quarter));
            const double column_angle = static_cast<double>(patch % grid.columns) * frequency;
            const double row_angle = static_cast<double>(patch / grid.columns) * frequency;
            row[i] = static_cast<float>(std::sin(row_angle));
            row[quarter + i] = static_cast<float>(std::cos(row_angle));
            row[2 * quarter + i] = static_cast<float>(std::sin(column_angle));
            row[3 * quarter + i] = static_cast<float>(std::cos(column_angle));
        }
    }
    return table;
}

}  // namespace melvit
