#include "melvit/head/gradient.h"

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
using nn::panels_of;
using nn::rows_of_micro_panel;

/// Weights transposed at a time: 16 KB, so that they stay in the first cache while all micro-panels use them.
constexpr std::size_t kTransposed = 4096;
static_assert(kMostPanelColumns * kMostPanelColumns <= kTransposed);

/// Inputs of one job, in whole panels: some 2 million multiplications and additions for a mini-batch of 100.
constexpr std::size_t kJobInputs = 256;

/// A share of the next weights to be transposed, for prefetching while one of `micro_panels` is multiplied.
///
/// begin, end  the panels of weights that come next
/// row         the first row of the piece of each
kernels::Prefetch share_of_next(const nn::Panels& weight, const Range& next, std::size_t row,
                                std::size_t micro_panel, std::size_t micro_panels) {
    if (next.size() == 0) return {};
    const std::size_t pieces = std::max<std::size_t>(micro_panels / next.size(), 1);  // of each panel
    const std::size_t panel = next.begin + micro_panel / pieces;
    if (panel >= next.end) return {};
    const std::size_t block = panel_columns() * panel_columns();
    const Range floats = equal_part(block, micro_panel % pieces, pieces);
    return {{weight.at(panel, row) + floats.begin}, nn::lines_of(floats.size())};
}

}  // namespace

Backpropagation::Backpropagation(const PackedHead& head, std::size_t most_rows) : forward_(head, most_rows) {
    const std::size_t job_panels = std::max<std::size_t>(kJobInputs / panel_columns(), 1);
    for (const PackedLayer& layer : head.layers) {
        PackedRows gradients{nn::Panels(most_rows, layer.outputs), nn::MicroPanels(most_rows, layer.outputs)};
        const std::size_t input_panels = panels_of(layer.inputs + 1);
        for (std::size_t panel = 0; panel < gradients.panels.panels(); ++panel) {
            for (std::size_t first = 0; first < input_panels; first += job_panels) {
                jobs_.push_back(
                    {output_gradients_.size(), panel, first, std::min(first + job_panels, input_panels)});
            }
        }
        output_gradients_.push_back(std::move(gradients));
    }
}

// std::cref keeps a loop's body from being copied to the heap.

void Backpropagation::backward(const PackedHead& head, const Matrix& logit_gradient) {
    assert(logit_gradient.rows() >= forward_.rows() && logit_gradient.columns() == head.outputs());
    PackedRows& last = output_gradients_.back();
    for (std::size_t row = 0; row < forward_.rows(); ++row) {
        for (std::size_t genre = 0; genre < logit_gradient.columns(); ++genre) {
            const float slope = logit_gradient(row, genre);
            last.panels(row, genre) = slope;
            last.micro_panels.at(row / kTileRows, genre)[row % kTileRows] = slope;
        }
    }
    for (std::size_t i = output_gradients_.size() - 1; i > 0; --i) {
        const auto backward_one = [&](std::size_t panel) {
            const FlushSubnormals flush;
            backward_panel(head, i, panel);
        };
        parallel_for(panels_of(head.layers[i].inputs), std::cref(backward_one));
    }
}

// The gradient of one panel of a layer's inputs, dX = dY W:
//
//     for some panels of outputs at a time
//         transpose their weights of these inputs              [outputs x panel_columns inputs]
//         for micro-panels of dY: dX tile (+)= dY x transposed weights
void Backpropagation::backward_panel(const PackedHead& head, std::size_t index, std::size_t panel) {
    const nn::Panels& weight = head.layers[index].weight;
    const PackedRows& gradients = output_gradients_[index];
    PackedRows& before = output_gradients_[index - 1];
    const std::size_t width = panel_columns();
    const std::size_t at_once = kTransposed / (width * width);  // panels
    const std::size_t micro_panels = micro_panels_of(forward_.rows());
    alignas(64) std::array<float, kTransposed> transposed;
    for (std::size_t first = 0; first < weight.panels(); first += at_once) {
        const std::size_t last = std::min(first + at_once, weight.panels());
        for (std::size_t p = first; p < last; ++p) {
            kernels::kernels().transpose_block(weight.at(p, panel * width),
                                               transposed.data() + (p - first) * width * width);
        }
        const Range next{last, std::min(last + at_once, weight.panels())};
        for (std::size_t i = 0; i < micro_panels; ++i) {
            kernels::kernels().multiply_tile(
                {.a = gradients.micro_panels.at(i, first * width),
                 .rows = rows_of_micro_panel(i, forward_.rows()),
                 .b = transposed.data(),
                 .inner = std::min(last * width, head.layers[index].outputs) - first * width,
                 .c = before.panels.at(panel, i * kTileRows),
                 .accumulate = first > 0,
                 .prefetch = share_of_next(weight, next, panel * width, i, micro_panels)});
        }
    }
    finish_gradient(head.layers[index - 1], index - 1, panel);
}

void Backpropagation::finish_gradient(const PackedLayer& layer, std::size_t index, std::size_t panel) {
    const std::size_t columns = columns_of_panel(panel, layer.outputs);
    const float kept = 1.0F / (1.0F - forward_.dropout().rate);
    for (std::size_t row = 0; row < forward_.rows(); ++row) {
        float* slope = output_gradients_[index].panels.at(panel, row);
        const float* output = forward_.inputs(index + 1).panels.at(panel, row);
        // A unit that was dropped or not active gave 0.
        if (layer.relu) kernels::kernels().relu_gradient(output, kept, panel_columns(), slope);
        std::fill(slope + columns, slope + panel_columns(), 0.0F);
    }
    if (index == 0) return;  // below the first layer no gradient is needed
    for (std::size_t i = 0; i < micro_panels_of(forward_.rows()); ++i) {
        kernels::kernels().to_micro_panel(
            output_gradients_[index].panels.at(panel, i * kTileRows), panel_columns(),
            rows_of_micro_panel(i, forward_.rows()), columns,
            output_gradients_[index].micro_panels.at(i, panel * panel_columns()));
    }
}

// The gradient of a layer's weights, dW = X^T dY:
//
//     for jobs (some panels of inputs x one panel of outputs), on all threads
//         for panels of inputs: for kTileRows of their columns
//             dW tile = X^T of these inputs x dY of these outputs;  visit it while it is in the cache
void Backpropagation::for_each_weight_tile(TileVisitor& visitor) const {
    const auto multiply_job = [&](std::size_t number) {
        const FlushSubnormals flush;
        const TileJob& job = jobs_[number];
        const nn::Panels& inputs = forward_.inputs(job.layer).panels;  // [N x (I + 1)]
        alignas(64) std::array<float, kTileRows * kMostPanelColumns> values;
        for (std::size_t panel = job.first_input_panel; panel < job.last_input_panel; ++panel) {
            const std::size_t columns = columns_of_panel(panel, inputs.columns());
            for (std::size_t first = 0; first < columns; first += kTileRows) {
                const std::size_t rows = std::min(kTileRows, columns - first);
                const GradientTile tile{job.layer, job.panel, panel * panel_columns() + first, rows,
                                        values.data()};
                kernels::kernels().multiply_tile({.a = inputs.at(panel, 0) + first,
                                                  .a_stride = panel_columns(),
                                                  .rows = rows,
                                                  .b = output_gradients_[job.layer].panels.at(job.panel, 0),
                                                  .inner = forward_.rows(),
                                                  .c = values.data(),
                                                  .prefetch = visitor.prefetch(tile)});
                visitor.visit(tile);
            }
        }
    };
    parallel_for(jobs_.size(), std::cref(multiply_job));
}

}  // namespace melvit
