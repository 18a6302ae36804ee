#include "melvit/head/forward.h"

#include "melvit/core/parallel.h"
#include "melvit/core/range.h"
#include "melvit/core/rounding.h"
#include "melvit/head/subnormals.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace melvit {
namespace {

using kernels::kMostPanelColumns;
using nn::columns_of_panel;
using nn::kTileRows;
using nn::micro_panels_of;
using nn::panel_columns;
using nn::rows_of_micro_panel;

/// Columns of weights that one task of a forward product goes through, in whole panels.
constexpr std::size_t kTaskColumns = 128;

/// The share of a panel of weights that is prefetched while one of `micro_panels` is multiplied with another
/// panel.
kernels::Prefetch piece_of_panel(const PackedLayer& layer, std::size_t panel, std::size_t micro_panel,
                                 std::size_t micro_panels) {
    const Range rows = equal_part(layer.inputs + 1, micro_panel, micro_panels);
    return {{layer.weight.at(panel, rows.begin)}, nn::lines_of(rows.size() * panel_columns())};
}

}  // namespace

ForwardPass::ForwardPass(const PackedHead& head, std::size_t most_rows) : logits_(most_rows, head.outputs()) {
    for (const PackedLayer& layer : head.layers) between_.push_back(blank_inputs(most_rows, layer.inputs));
}

const Matrix& ForwardPass::operator()(const PackedHead& head, const PackedRows& inputs,
                                      const Dropout& dropout) {
    return pass(head, inputs, inputs.panels.rows(), dropout);
}

const Matrix& ForwardPass::operator()(const PackedHead& head, const Matrix& features,
                                      std::span<const std::size_t> rows, const Dropout& dropout) {
    assert(features.columns() == head.inputs());
    load_inputs(features, rows, between_.front());
    return pass(head, between_.front(), rows.size(), dropout);
}

const Matrix& ForwardPass::pass(const PackedHead& head, const PackedRows& inputs, std::size_t rows,
                                const Dropout& dropout) {
    assert(rows <= logits_.rows());
    first_ = &inputs;
    rows_ = rows;
    dropout_ = dropout;
    for (std::size_t i = 0; i < head.layers.size(); ++i) pass_layer(head.layers[i], i);
    return logits_;
}

// std::cref keeps a loop's body from being copied to the heap.

// A task is some panels of weights times some micro-panels of inputs:
//
//     for panels of the task: for micro-panels of the task: one tile of outputs
//
// Some panels a task, so that one is prefetched while its neighbour is used. The result does not depend on how
// the tiles are cut into tasks, so the cut may follow the number of threads.
void ForwardPass::pass_layer(const PackedLayer& layer, std::size_t index) {
    const std::size_t micro_panels = micro_panels_of(rows_);
    const std::size_t panels = layer.weight.panels();
    const std::size_t enough = 2 * thread_count();
    const std::size_t most_panels = std::max<std::size_t>(kTaskColumns / panel_columns(), 1);
    const std::size_t width = std::clamp<std::size_t>(panels / enough, 1, most_panels);
    const std::size_t column_parts = divided_up(panels, width);
    const std::size_t row_parts = std::clamp<std::size_t>(enough / column_parts, 1, micro_panels);
    const auto multiply_part = [&](std::size_t task) {
        const FlushSubnormals flush;
        const std::size_t first_panel = task / row_parts * width;
        const std::size_t last_panel = std::min(first_panel + width, panels);
        const Range part = equal_part(micro_panels, task % row_parts, row_parts);
        for (std::size_t panel = first_panel; panel < last_panel; ++panel) {
            for (std::size_t i = part.begin; i < part.end; ++i) {
                const bool more = panel + 1 < last_panel;
                pass_tile(layer, index, {panel, i},
                          more ? piece_of_panel(layer, panel + 1, i, micro_panels) : kernels::Prefetch{});
            }
        }
    };
    parallel_for(column_parts * row_parts, std::cref(multiply_part));
}

// One tile of a layer's outputs: one micro-panel of its inputs [N x (I + 1)], the last column all 1, times one
// panel of its weights.
void ForwardPass::pass_tile(const PackedLayer& layer, std::size_t index, TilePlace place,
                            const kernels::Prefetch& prefetch) {
    const auto [panel, micro_panel] = place;
    const std::size_t first_row = micro_panel * kTileRows;
    const std::size_t first_column = panel * panel_columns();
    const std::size_t columns = columns_of_panel(panel, layer.outputs);
    const bool is_last = index + 1 == between_.size();
    alignas(64) std::array<float, kTileRows * kMostPanelColumns> logits;
    float* c = is_last ? logits.data() : between_[index + 1].panels.at(panel, first_row);
    const kernels::Tile tile{.a = inputs(index).micro_panels.at(micro_panel, 0),
                             .rows = rows_of_micro_panel(micro_panel, rows_),
                             .b = layer.weight.at(panel, 0),
                             .inner = layer.inputs + 1,
                             .c = c,
                             .relu = layer.relu,
                             .prefetch = prefetch};
    kernels::kernels().multiply_tile(tile);
    if (is_last) {
        for (std::size_t row = 0; row < tile.rows; ++row)
            std::copy_n(c + row * panel_columns(), columns, &logits_(first_row + row, first_column));
        return;
    }
    for (std::size_t row = 0; row < tile.rows; ++row) {
        float* units = c + row * panel_columns();
        if (layer.relu && dropout_.rate > 0.0F)
            drop_units(dropout_, index, first_row + row, first_column, {units, columns});
        // The tile went over the input that is always 1 where both share a panel.
        if (columns < panel_columns()) units[columns] = 1.0F;
    }
    kernels::kernels().to_micro_panel(c, panel_columns(), tile.rows, columns,
                                      between_[index + 1].micro_panels.at(micro_panel, first_column));
}

}  // namespace melvit
