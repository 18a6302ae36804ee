#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <optional>

namespace melvit {

/// What the rows of a table of positions stand for: a class token's row or none, then a square grid of patches.
struct PositionGrid {
    int side = 0;                ///< patches on a side
    bool has_class_row = false;  ///< without one the class token has no position, which is one of zeros
};

/// The grid of a table of so many rows, or nothing when they are no square with at most one row before it.
std::optional<PositionGrid> position_grid(std::size_t rows);

/// The table of a ViT for pictures of another size, for this one's.
///
/// table    [rows of `grid` x D]
/// returns  [197 x D]: the class token's row as it was, the others resized as a picture of D channels, bicubic
///          with antialiasing
/// source   timm's resample_abs_pos_embed
Matrix resampled_positions(const Matrix& table, const PositionGrid& grid);

}  // namespace melvit
