#include "melvit/spectrum/picture.h"

#include "melvit/core/error.h"
#include "melvit/spectrum/colour_map.h"
#include "melvit/spectrum/picture_codec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <span>
#include <utility>

// B = bands, T = frames

namespace melvit {
namespace {

using Levels = std::vector<std::uint8_t>;  // indices into a colour map

/// The colour index of each cell: [low, 0] dB on 0 ... 255, as matplotlib.colors.Normalize and Colormap do.
Levels levels_of(const Matrix& decibels, float low) {
    const float scale = low < 0 ? 256.0F / -low : 0.0F;
    Levels levels;  // [B x T]
    levels.reserve(decibels.size());
    for (const float value : decibels.values()) {
        levels.push_back(static_cast<std::uint8_t>(std::clamp((value - low) * scale, 0.0F, 255.0F)));
    }
    return levels;
}

/// The cells that meet in one column or row of the picture; often the same cell twice.
using CellPair = std::pair<std::size_t, std::size_t>;

/// The first and the last of the drawn pixels that a box filter averages into each of `shown` pixels.
///
/// source  PIL.Image.resize(BOX)
std::vector<CellPair> boxes(std::size_t drawn, int shown) {
    const double step = static_cast<double>(drawn) / shown;
    std::vector<CellPair> pairs;
    for (int i = 0; i < shown; ++i) {
        const auto first = static_cast<std::size_t>(i * step + 0.5);
        const auto end = static_cast<std::size_t>((i + 1) * step + 0.5);
        pairs.emplace_back(first, end - 1);
    }
    return pairs;
}

/// The cell under the centre of a pixel, of `cells` that fill `drawn` pixels.
///
/// source  matplotlib.axes.Axes.pcolormesh
std::size_t cell_under(std::size_t pixel, std::size_t cells, double drawn) {
    const double position = (static_cast<double>(pixel) + 0.5) * static_cast<double>(cells) / drawn;
    return std::min(cells - 1, static_cast<std::size_t>(position));
}

/// The frames that meet in each column of the axes.
std::vector<CellPair> frames_of_columns(std::size_t frames) {
    std::vector<CellPair> pairs =
        boxes(static_cast<std::size_t>(StudyGeometry::kDrawnWidth), StudyGeometry::kAxesWidth);
    for (auto& [first, last] : pairs) {
        first = cell_under(first, frames, StudyGeometry::kDrawnWidth);
        last = cell_under(last, frames, StudyGeometry::kDrawnWidth);
    }
    return pairs;
}

/// The bands that meet in each row of the axes: band 0 is at the bottom.
std::vector<CellPair> bands_of_rows(std::size_t bands) {
    constexpr auto kDrawn = static_cast<std::size_t>(StudyGeometry::kDrawnHeight);
    std::vector<CellPair> pairs = boxes(kDrawn, StudyGeometry::kAxesHeight);
    for (auto& [first, last] : pairs) {
        first = cell_under(kDrawn - 1 - first, bands, StudyGeometry::kDrawnHeight);
        last = cell_under(kDrawn - 1 - last, bands, StudyGeometry::kDrawnHeight);
    }
    return pairs;
}

std::uint8_t mean_of(std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>((a + b + 1) / 2);
}

void put(Picture& picture, int row, int column, std::uint32_t colour) {
    const std::size_t pixel = static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.width) +
                              static_cast<std::size_t>(column);
    picture.rgb[3 * pixel] = static_cast<std::uint8_t>(colour >> 16U);
    picture.rgb[3 * pixel + 1] = static_cast<std::uint8_t>(colour >> 8U);
    picture.rgb[3 * pixel + 2] = static_cast<std::uint8_t>(colour);
}

Picture white_picture(std::size_t width, std::size_t height) {
    return {static_cast<int>(width), static_cast<int>(height), Levels(width * height * 3, 0xFF)};
}

void check_drawable(const MelSpectrogram& spectrogram) {
    const Matrix& cells = spectrogram.decibels;
    if (cells.empty() || cells.rows() > kLongestSide || cells.columns() > kLongestSide) {
        throw Error(
            "spectrogram", "needs 1 to 16384 bands and frames to be drawn",
            std::to_string(cells.rows()) + " bands and " + std::to_string(cells.columns()) + " frames");
    }
}

}  // namespace

Picture draw_study_picture(const MelSpectrogram& spectrogram, const std::string& colours, float floor_db) {
    using G = StudyGeometry;
    check_drawable(spectrogram);
    const ColourMap& map = colour_map(colours);
    const Matrix& decibels = spectrogram.decibels;
    // specshow spreads the colours over the levels that occur, so a track without quiet cells gets brighter
    // ones.
    const float quietest = *std::min_element(decibels.values().begin(), decibels.values().end());
    const Levels levels = levels_of(decibels, std::max(quietest, floor_db));
    const std::vector<CellPair> frames = frames_of_columns(decibels.columns());
    const std::vector<CellPair> bands = bands_of_rows(decibels.rows());
    Picture picture = white_picture(G::kWidth, G::kHeight);
    for (int y = 0; y < G::kAxesHeight; ++y) {
        const auto [upper, lower] = bands[static_cast<std::size_t>(y)];
        const std::uint8_t* above = levels.data() + upper * decibels.columns();
        const std::uint8_t* below = levels.data() + lower * decibels.columns();
        for (int x = 0; x < G::kAxesWidth; ++x) {
            const auto [left, right] = frames[static_cast<std::size_t>(x)];
            const std::uint8_t level =
                mean_of(mean_of(above[left], above[right]), mean_of(below[left], below[right]));
            put(picture, G::kAxesTop + y, G::kAxesLeft + x, map[level]);
        }
    }
    return picture;
}

Picture draw_plain_picture(const MelSpectrogram& spectrogram, const std::string& colours, float floor_db) {
    check_drawable(spectrogram);
    const ColourMap& map = colour_map(colours);
    const Matrix& decibels = spectrogram.decibels;
    const Levels levels = levels_of(decibels, floor_db);
    Picture picture = white_picture(decibels.columns(), decibels.rows());
    for (int row = 0; row < picture.height; ++row) {
        const std::size_t band = decibels.rows() - 1 - static_cast<std::size_t>(row);
        for (int column = 0; column < picture.width; ++column) {
            put(picture, row, column,
                map[levels[band * decibels.columns() + static_cast<std::size_t>(column)]]);
        }
    }
    return picture;
}

Picture read_picture(const Source& source) {
    constexpr std::int64_t kLongestFile = std::int64_t{512} << 20U;
    if (source.size() > kLongestFile)
        throw Error(source.name(), fmt::format("needs at most {} bytes", kLongestFile), "it is longer");
    if (!is_picture(source.kind())) {
        throw Error(source.name(), "needs to be a PNG or JPEG picture",
                    source.size() == 0 ? "it is empty" : "it begins with other bytes");
    }
    const std::vector<std::uint8_t> bytes = source.bytes_at(0, static_cast<std::size_t>(source.size()));
    const auto decode = source.kind() == MediaKind::png ? decode_png : decode_jpeg;
    return decode(std::as_bytes(std::span(bytes)), source.name());
}

}  // namespace melvit
