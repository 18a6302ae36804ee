#include "melvit/vit/position_table.h"

#include "melvit/spectrum/resize.h"
#include "melvit/vit/vit_config.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace melvit {
namespace {

constexpr int kSide = VitConfig::kGrid;

/// sum += weight * row
void add_row(std::span<const float> row, float weight, std::span<float> sum) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * row[i];
}

}  // namespace

std::optional<PositionGrid> position_grid(std::size_t rows) {
    for (const bool has_class_row : {true, false}) {
        const std::size_t patches = rows - (has_class_row ? 1 : 0);
        const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(patches))));
        if (rows > 0 && side > 0 && side * side == patches)
            return PositionGrid{static_cast<int>(side), has_class_row};
    }
    return std::nullopt;
}

// S = the table's side, G = 14
Matrix resampled_positions(const Matrix& table, const PositionGrid& grid) {
    const std::size_t first = grid.has_class_row ? 1 : 0;
    Matrix result(VitConfig::kTokens, table.columns());
    if (grid.has_class_row) std::ranges::copy(table.row(0), result.row(0).begin());
    const auto row_of = [](int y, int x, int side) { return static_cast<std::size_t>(y * side + x); };
    if (grid.side == kSide) {
        for (std::size_t i = 0; i < std::size_t{kSide} * kSide; ++i)
            std::ranges::copy(table.row(first + i), result.row(1 + i).begin());
        return result;
    }
    const std::vector<Tap> taps = bicubic_taps(grid.side, kSide);
    Matrix narrow(static_cast<std::size_t>(grid.side) * kSide, table.columns());  // [S x G] rows of D
    for (int y = 0; y < grid.side; ++y) {
        for (int x = 0; x < kSide; ++x) {
            const Tap& tap = taps[static_cast<std::size_t>(x)];
            for (int i = 0; i < static_cast<int>(tap.weights.size()); ++i)
                add_row(table.row(first + row_of(y, tap.first + i, grid.side)),
                        tap.weights[static_cast<std::size_t>(i)], narrow.row(row_of(y, x, kSide)));
        }
    }
    for (int y = 0; y < kSide; ++y) {
        const Tap& tap = taps[static_cast<std::size_t>(y)];
        for (int x = 0; x < kSide; ++x) {
            for (int i = 0; i < static_cast<int>(tap.weights.size()); ++i)
                add_row(narrow.row(row_of(tap.first + i, x, kSide)), tap.weights[static_cast<std::size_t>(i)],
                        result.row(1 + row_of(y, x, kSide)));
        }
    }
    return result;
}

}  // namespace melvit
