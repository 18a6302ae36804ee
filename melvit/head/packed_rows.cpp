#include "melvit/head/packed_rows.h"

#include "melvit/core/parallel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace melvit {
namespace {

using nn::columns_of_panel;
using nn::kPanelColumns;
using nn::kStripRows;
using nn::rows_of_strip;

/// Up to kStripRows rows of features as one strip of a left factor.
///
/// rows   which rows of `features`
/// strip  [width x kStripRows]
void load_strip(const Matrix& features, std::span<const std::size_t> rows, float* strip) {
    assert(!rows.empty() && rows.size() <= kStripRows);
    std::array<const float*, kStripRows> from{};
    for (std::size_t i = 0; i < rows.size(); ++i) from[i] = features.row(rows[i]).data();
    for (std::size_t column = 0; column < features.columns(); ++column) {
        float* to = strip + column * kStripRows;
        for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[i][column];
    }
}

}  // namespace

PackedRows blank_inputs(std::size_t rows, std::size_t inputs) {
    PackedRows blank{nn::Panels(rows, inputs + 1), nn::Strips(rows, inputs + 1)};
    for (std::size_t row = 0; row < rows; ++row) blank.panels(row, inputs) = 1.0F;
    for (std::size_t strip = 0; strip < blank.strips.strips(); ++strip) {
        std::fill_n(blank.strips.at(strip, inputs), kStripRows, 1.0F);
    }
    return blank;
}

void load_inputs(const Matrix& features, std::span<const std::size_t> rows, PackedRows& inputs) {
    const std::size_t width = features.columns();
    assert(rows.size() <= inputs.panels.rows() && width + 1 == inputs.panels.columns());
    const auto load = [&](std::size_t strip) {
        const auto some = rows.subspan(strip * kStripRows, rows_of_strip(strip, rows.size()));
        load_strip(features, some, inputs.strips.at(strip, 0));
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto from = features.row(some[i]);
            for (std::size_t panel = 0; panel < nn::panels_of(width); ++panel) {
                std::copy_n(from.data() + panel * kPanelColumns, columns_of_panel(panel, width),
                            inputs.panels.at(panel, strip * kStripRows + i));
            }
        }
    };
    parallel_for(nn::strips_of(rows.size()), std::cref(load));  // which keeps the loop's body off the heap
}

std::vector<PackedRows> packed_inputs(const Matrix& features, std::span<const std::size_t> rows,
                                      std::size_t block) {
    std::vector<PackedRows> inputs;
    for (std::size_t first = 0; first < rows.size(); first += block) {
        const auto some = rows.subspan(first, std::min(block, rows.size() - first));
        inputs.push_back(blank_inputs(some.size(), features.columns()));
        load_inputs(features, some, inputs.back());
    }
    return inputs;
}

}  // namespace melvit
