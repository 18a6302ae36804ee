#include "melvit/head/forward.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace melvit {
namespace {

using nn::columns_of_panel;
using nn::kPanelColumns;
using nn::kStripRows;
using nn::panels_of;
using nn::rows_of_strip;
using nn::strips_of;

/// Panels of weights that one task of a forward product goes through.
constexpr std::size_t kMostTaskPanels = 4;

/// The share of a panel of weights that is fetched while one of `strips` strips is multiplied with another
/// panel.
nn::Ahead piece_of_panel(const PackedLayer& layer, std::size_t panel, std::size_t strip, std::size_t strips) {
    const std::size_t rows = layer.inputs + 1;
    const std::size_t first = strip * rows / strips;
    const std::size_t last = (strip + 1) * rows / strips;
    return {{layer.weight.at(panel, first)}, nn::lines_of((last - first) * kPanelColumns)};
}

/// One tile of a layer's outputs, activation included: one strip of its inputs times one panel of its
/// weights.
///
/// inputs  [N x (I + 1)], the last column all 1
/// tile    [rows x kPanelColumns]
void layer_tile(const PackedLayer& layer, const nn::LeftFactor& inputs, std::size_t panel, float* tile,
                const nn::Ahead& ahead) {
    nn::multiply(inputs, layer.weight.at(panel, 0), layer.inputs + 1, tile, ahead);
    if (!layer.relu) return;
    for (std::size_t i = 0; i < inputs.rows * kPanelColumns; ++i) tile[i] = std::max(tile[i], 0.0F);
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

void ForwardPass::pass_layer(const PackedLayer& layer, std::size_t index) {
    const std::size_t strips = strips_of(rows_);
    const std::size_t panels = layer.weight.panels();
    // Some panels a task, so that one is fetched while its neighbour is used. Who computes a tile does not
    // change its bits, so the cut may follow the number of threads.
    const std::size_t enough = 2 * thread_count();
    const std::size_t width = std::clamp<std::size_t>(panels / enough, 1, kMostTaskPanels);
    const std::size_t panel_groups = divided_up(panels, width);
    const std::size_t strip_groups = std::clamp<std::size_t>(enough / panel_groups, 1, strips);
    const auto multiply_group = [&](std::size_t task) {
        const nn::FlushSubnormals flush;
        const std::size_t first_panel = task / strip_groups * width;
        const std::size_t last_panel = std::min(first_panel + width, panels);
        const std::size_t group = task % strip_groups;
        const std::size_t last_strip = (group + 1) * strips / strip_groups;
        for (std::size_t panel = first_panel; panel < last_panel; ++panel) {
            for (std::size_t strip = group * strips / strip_groups; strip < last_strip; ++strip) {
                const bool more = panel + 1 < last_panel;
                pass_tile(layer, index, {panel, strip},
                          more ? piece_of_panel(layer, panel + 1, strip, strips) : nn::Ahead{});
            }
        }
    };
    parallel_for(panel_groups * strip_groups, std::cref(multiply_group));
}

void ForwardPass::pass_tile(const PackedLayer& layer, std::size_t index, TilePlace place,
                            const nn::Ahead& ahead) {
    const auto [panel, strip] = place;
    const std::size_t first_row = strip * kStripRows;
    const std::size_t first_column = panel * kPanelColumns;
    const std::size_t columns = columns_of_panel(panel, layer.outputs);
    const nn::LeftFactor some{inputs(index).strips.at(strip, 0), kStripRows, rows_of_strip(strip, rows_)};
    if (index + 1 == between_.size()) {
        alignas(64) std::array<float, kStripRows * kPanelColumns> tile;
        layer_tile(layer, some, panel, tile.data(), ahead);
        for (std::size_t row = 0; row < some.rows; ++row) {
            std::copy_n(tile.data() + row * kPanelColumns, columns, &logits_(first_row + row, first_column));
        }
        return;
    }
    PackedRows& next = between_[index + 1];
    float* tile = next.panels.at(panel, first_row);
    layer_tile(layer, some, panel, tile, ahead);
    for (std::size_t row = 0; row < some.rows; ++row) {
        if (layer.relu && dropout_.rate > 0.0F) {
            drop_units(dropout_, index, first_row + row, first_column, {tile + row * kPanelColumns, columns});
        }
        // The tile went over the input that is always 1 where both share a panel.
        if (columns < kPanelColumns) tile[row * kPanelColumns + columns] = 1.0F;
    }
    nn::panel_to_strip(tile, some.rows, columns, next.strips.at(strip, first_column));
}

}  // namespace melvit
