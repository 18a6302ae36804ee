#include "melvit/head/packed_rows.h"

#include "melvit/core/parallel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace melvit {
namespace {

using nn::columns_of_panel;
using nn::kTileRows;
using nn::panel_columns;
using nn::rows_of_micro_panel;

/// Up to kTileRows rows of features as one micro-panel.
///
/// rows         which rows of `features`
/// micro_panel  [width x kTileRows]
void load_micro_panel(const Matrix& features, std::span<const std::size_t> rows, float* micro_panel) {
    assert(!rows.empty() && rows.size() <= kTileRows);
    std::array<const float*, kTileRows> from{};
    for (std::size_t i = 0; i < rows.size(); ++i) from[i] = features.row(rows[i]).data();
    for (std::size_t column = 0; column < features.columns(); ++column) {
        float* to = micro_panel + column * kTileRows;
        for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[i][column];
    }
}

}  // namespace

PackedRows blank_inputs(std::size_t rows, std::size_t inputs) {
    PackedRows blank{nn::Panels(rows, inputs + 1), nn::MicroPanels(rows, inputs + 1)};
    for (std::size_t row = 0; row < rows; ++row) blank.panels(row, inputs) = 1.0F;
    for (std::size_t i = 0; i < blank.micro_panels.micro_panels(); ++i) {
        std::fill_n(blank.micro_panels.at(i, inputs), kTileRows, 1.0F);
    }
    return blank;
}

void load_inputs(const Matrix& features, std::span<const std::size_t> rows, PackedRows& inputs) {
    const std::size_t width = features.columns();
    assert(rows.size() <= inputs.panels.rows() && width + 1 == inputs.panels.columns());
    const auto load = [&](std::size_t micro_panel) {
        const auto some =
            rows.subspan(micro_panel * kTileRows, rows_of_micro_panel(micro_panel, rows.size()));
        load_micro_panel(features, some, inputs.micro_panels.at(micro_panel, 0));
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto from = features.row(some[i]);
            for (std::size_t panel = 0; panel < nn::panels_of(width); ++panel) {
                std::copy_n(from.data() + panel * panel_columns(), columns_of_panel(panel, width),
                            inputs.panels.at(panel, micro_panel * kTileRows + i));
            }
        }
    };
    parallel_for(nn::micro_panels_of(rows.size()),
                 std::cref(load));  // which keeps the loop's body off the heap
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
