#include "melvit/head/gradient.h"

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
using nn::panels_of;
using nn::rows_of_strip;
using nn::strips_of;

/// Panels of weights turned at a time: 16 KB, so that they stay in the first cache while all strips use them.
constexpr std::size_t kTurnedPanels = 4;

/// Input panels of one job: some 2 million multiplications and additions for a mini-batch of 100.
constexpr std::size_t kJobPanels = 8;

}  // namespace

Backpropagation::Backpropagation(const PackedHead& head, std::size_t most_rows) : forward_(head, most_rows) {
    for (const PackedLayer& layer : head.layers) {
        PackedRows gradients{nn::Panels(most_rows, layer.outputs), nn::Strips(most_rows, layer.outputs)};
        const std::size_t input_panels = panels_of(layer.inputs + 1);
        for (std::size_t panel = 0; panel < gradients.panels.panels(); ++panel) {
            for (std::size_t first = 0; first < input_panels; first += kJobPanels) {
                jobs_.push_back(
                    {output_gradients_.size(), panel, first, std::min(first + kJobPanels, input_panels)});
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
            last.strips.at(row / kStripRows, genre)[row % kStripRows] = slope;
        }
    }
    for (std::size_t i = output_gradients_.size() - 1; i > 0; --i) {
        const auto backward_one = [&](std::size_t panel) {
            const nn::FlushSubnormals flush;
            backward_panel(head, i, panel);
        };
        parallel_for(panels_of(head.layers[i].inputs), std::cref(backward_one));
    }
}

void Backpropagation::backward_panel(const PackedHead& head, std::size_t index, std::size_t panel) {
    const PackedLayer& layer = head.layers[index];
    const PackedRows& gradients = output_gradients_[index];
    PackedRows& before = output_gradients_[index - 1];
    constexpr std::size_t kBlock = kPanelColumns * kPanelColumns;
    alignas(64) std::array<float, kTurnedPanels * kBlock> turned;  // [outputs x kPanelColumns inputs]
    for (std::size_t first = 0; first < layer.weight.panels(); first += kTurnedPanels) {
        const std::size_t last = std::min(first + kTurnedPanels, layer.weight.panels());
        for (std::size_t p = first; p < last; ++p) {
            nn::transpose_block(layer.weight.at(p, panel * kPanelColumns),
                                turned.data() + (p - first) * kBlock);
        }
        const std::size_t first_output = first * kPanelColumns;
        const std::size_t inner = std::min(last * kPanelColumns, layer.outputs) - first_output;
        const auto multiply = first == 0 ? nn::multiply : nn::multiply_add;
        for (std::size_t strip = 0; strip < strips_of(forward_.rows()); ++strip) {
            const std::size_t next = last + strip;  // one of the panels to be turned next
            nn::Ahead ahead;
            if (strip < kTurnedPanels && next < layer.weight.panels()) {
                ahead = {{layer.weight.at(next, panel * kPanelColumns)}, nn::lines_of(kBlock)};
            }
            multiply(
                {gradients.strips.at(strip, first_output), kStripRows, rows_of_strip(strip, forward_.rows())},
                turned.data(), inner, before.panels.at(panel, strip * kStripRows), ahead);
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
        for (std::size_t c = 0; layer.relu && c < kPanelColumns; ++c)
            slope[c] *= output[c] > 0.0F ? kept : 0.0F;
        std::fill(slope + columns, slope + kPanelColumns, 0.0F);
    }
    if (index == 0) return;  // nothing is left of the first layer
    for (std::size_t strip = 0; strip < strips_of(forward_.rows()); ++strip) {
        nn::panel_to_strip(output_gradients_[index].panels.at(panel, strip * kStripRows),
                           rows_of_strip(strip, forward_.rows()), columns,
                           output_gradients_[index].strips.at(strip, panel * kPanelColumns));
    }
}

void Backpropagation::for_each_weight_tile(TileVisitor& visitor) const {
    const auto multiply_job = [&](std::size_t number) {
        const nn::FlushSubnormals flush;
        const TileJob& job = jobs_[number];
        const nn::Panels& inputs = forward_.inputs(job.layer).panels;  // [N x (I + 1)]
        alignas(64) std::array<float, kStripRows * kPanelColumns> values;
        for (std::size_t panel = job.first_input_panel; panel < job.last_input_panel; ++panel) {
            const std::size_t columns = columns_of_panel(panel, inputs.columns());
            for (std::size_t first = 0; first < columns; first += kStripRows) {
                const std::size_t rows = std::min(kStripRows, columns - first);
                const GradientTile tile{job.layer, job.panel, panel * kPanelColumns + first, rows,
                                        values.data()};
                nn::multiply({inputs.at(panel, 0) + first, kPanelColumns, rows},
                             output_gradients_[job.layer].panels.at(job.panel, 0), forward_.rows(),
                             values.data(), visitor.ahead(tile));
                visitor.visit(tile);
            }
        }
    };
    parallel_for(jobs_.size(), std::cref(multiply_job));
}

}  // namespace melvit
