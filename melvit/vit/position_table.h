#pragma once

#include "melvit/core/matrix.h"
#include "melvit/vit/vit_config.h"

#include <cstddef>
#include <optional>

namespace melvit {

/// What the rows of a table of positions stand for: prefix tokens or none, then the patches row by row.
struct PositionGrid {
    PatchGrid grid;
    std::size_t prefix_rows = 0;  ///< without them the prefix tokens have no position, which is one of zeros
};

/// The square grid of a table of so many rows, or nothing when it is of no square with a row for every prefix
/// token or for none.
std::optional<PositionGrid> square_position_grid(std::size_t rows, std::size_t prefix_tokens);

/// The table of a ViT for images of another size.
///
/// table    [rows of `from` x D]
/// returns  [prefix tokens + patches of `to` x D]: prefix tokens' rows as they were, the others resized as a
///          picture of D channels, bicubic with antialiasing
/// source   timm's resample_abs_pos_embed
Matrix resampled_positions(ConstMatrixView table, const PositionGrid& from, const PatchGrid& to,
                           std::size_t prefix_tokens);

/// Sines and cosines of a patch's row, then of its column, each at width / 4 wavelengths from 2 pi to 20000 pi.
///
/// width    a multiple of 4
/// returns  [patches x width]: sines of the row, its cosines, sines of the column, its cosines
/// source   Vaswani et al. 2017, "Attention Is All You Need", section 3.5, for each axis, in the order of
///          transformers' build_2d_sinusoidal_position_embedding
Matrix sincos_positions(const PatchGrid& grid, std::size_t width);

}  // namespace melvit
