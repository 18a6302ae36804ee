#include "melvit/head/gradient.h"

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>

namespace melvit {
namespace {

using nn::kPanelColumns;
using nn::kStripRows;

/// Panels of weights turned at a time: 16 KB, so that they stay in the first cache while all strips use them.
constexpr std::size_t kTurnedPanels = 4;

/// Input panels of one job: some 2 million multiplications and additions for a mini-batch of 100.
constexpr std::size_t kJobPanels = 8;

/// Panels of weights that one task of a forward product goes through.
constexpr std::size_t kMostTaskPanels = 4;

std::size_t strips_of(std::size_t rows) {
    return (rows + kStripRows - 1) / kStripRows;
}
std::size_t panels_of(std::size_t columns) {
    return (columns + kPanelColumns - 1) / kPanelColumns;
}

/// Columns of a panel that the matrix has; the rest fills it up.
std::size_t columns_of_panel(std::size_t panel, std::size_t columns) {
    return std::min(kPanelColumns, columns - panel * kPanelColumns);
}

/// The share of a panel of weights that is fetched while one of `strips` strips is multiplied with another panel.
nn::Ahead piece_of_panel(const PackedLayer& layer, std::size_t panel, std::size_t strip, std::size_t strips) {
    const std::size_t rows = layer.inputs + 1;
    const std::size_t first = strip * rows / strips;
    const std::size_t last = (strip + 1) * rows / strips;
    return {{layer.weight.at(panel, first)}, nn::lines_of((last - first) * kPanelColumns)};
}

/// 32 random bits for a unit out of its row's key.
/// source  the finaliser of MurmurHash3 (Appleby 2011)
std::uint32_t unit_bits(std::uint32_t key, std::uint32_t unit) {
    std::uint32_t x = key + unit * 0x9E3779B9U;
    x = (x ^ (x >> 16U)) * 0x85EBCA6BU;
    x = (x ^ (x >> 13U)) * 0xC2B2AE35U;
    return x ^ (x >> 16U);
}

/// Sets dropped units to 0 and the others so much higher that their mean stays.
///
/// layer, row, first_unit  where `units` stand
/// source                  Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"
void drop_units(const Dropout& dropout, std::size_t layer, std::size_t row, std::size_t first_unit,
                std::span<float> units) {
    const std::uint64_t step_seed = Random(dropout.seed, dropout.step).bits();
    const auto key = static_cast<std::uint32_t>(Random(step_seed, (layer << 32U) + row).bits());
    const auto threshold = static_cast<std::uint32_t>(static_cast<double>(dropout.rate) * 0x1.0p32);
    const float kept = 1.0F / (1.0F - dropout.rate);
    for (std::size_t i = 0; i < units.size(); ++i) {
        units[i] *= unit_bits(key, static_cast<std::uint32_t>(first_unit + i)) < threshold ? 0.0F : kept;
    }
}

}  // namespace

Backpropagation::Backpropagation(const PackedHead& head, std::size_t most_rows)
    : logits_(most_rows, head.outputs()) {
    for (const PackedLayer& layer : head.layers) {
        Stage stage{nn::Panels(most_rows, layer.inputs + 1), nn::Strips(most_rows, layer.inputs + 1),
                    nn::Panels(most_rows, layer.outputs), nn::Strips(most_rows, layer.outputs)};
        for (std::size_t row = 0; row < most_rows; ++row) stage.inputs(row, layer.inputs) = 1.0F;
        fill_last_column(stage.input_strips);
        for (std::size_t panel = 0; panel < stage.gradient.panels(); ++panel) {
            for (std::size_t first = 0; first < stage.inputs.panels(); first += kJobPanels) {
                jobs_.push_back(
                    {stages_.size(), panel, first, std::min(first + kJobPanels, stage.inputs.panels())});
            }
        }
        stages_.push_back(std::move(stage));
    }
}

const Matrix& Backpropagation::forward(const PackedHead& head, const Matrix& features,
                                       std::span<const std::size_t> rows, const Dropout& dropout) {
    assert(rows.size() <= logits_.rows() && features.columns() == head.inputs());
    rows_ = rows.size();
    dropout_ = dropout;
    load_inputs(features, rows);
    for (std::size_t i = 0; i < head.layers.size(); ++i) forward_layer(head.layers[i], i);
    return logits_;
}

// std::cref keeps a loop's body from being copied to the heap.

void Backpropagation::load_inputs(const Matrix& features, std::span<const std::size_t> rows) {
    Stage& stage = stages_.front();
    const std::size_t width = features.columns();
    const auto load = [&](std::size_t strip) {
        const auto some = rows.subspan(strip * kStripRows, rows_of_strip(strip, rows_));
        load_strip(features, some, stage.input_strips.at(strip, 0));
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto from = features.row(some[i]);
            for (std::size_t panel = 0; panel < panels_of(width); ++panel) {
                std::copy_n(from.data() + panel * kPanelColumns, columns_of_panel(panel, width),
                            stage.inputs.at(panel, strip * kStripRows + i));
            }
        }
    };
    parallel_for(strips_of(rows_), std::cref(load));
}

void Backpropagation::forward_layer(const PackedLayer& layer, std::size_t index) {
    const std::size_t strips = strips_of(rows_);
    const std::size_t panels = layer.weight.panels();
    // Some panels a task, so that one is fetched while its neighbour is used. Who computes a tile does not change its bits,
    // so the cut may follow the number of threads.
    const std::size_t enough = 2 * thread_count();
    const std::size_t width = std::clamp<std::size_t>(panels / enough, 1, kMostTaskPanels);
    const std::size_t panel_groups = (panels + width - 1) / width;
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
                forward_tile(layer, index, {panel, strip},
                             more ? piece_of_panel(layer, panel + 1, strip, strips) : nn::Ahead{});
            }
        }
    };
    parallel_for(panel_groups * strip_groups, std::cref(multiply_group));
}

void Backpropagation::forward_tile(const PackedLayer& layer, std::size_t index, TilePlace place,
                                   const nn::Ahead& ahead) {
    const auto [panel, strip] = place;
    const std::size_t first_row = strip * kStripRows;
    const std::size_t first_column = panel * kPanelColumns;
    const std::size_t columns = columns_of_panel(panel, layer.outputs);
    const nn::LeftFactor inputs{stages_[index].input_strips.at(strip, 0), kStripRows,
                                rows_of_strip(strip, rows_)};
    if (index + 1 == stages_.size()) {
        alignas(64) std::array<float, kStripRows * kPanelColumns> tile;
        layer_tile(layer, inputs, panel, tile.data(), ahead);
        for (std::size_t row = 0; row < inputs.rows; ++row) {
            std::copy_n(tile.data() + row * kPanelColumns, columns, &logits_(first_row + row, first_column));
        }
        return;
    }
    Stage& next = stages_[index + 1];
    float* tile = next.inputs.at(panel, first_row);
    layer_tile(layer, inputs, panel, tile, ahead);
    for (std::size_t row = 0; row < inputs.rows; ++row) {
        if (layer.relu && dropout_.rate > 0.0F) {
            drop_units(dropout_, index, first_row + row, first_column, {tile + row * kPanelColumns, columns});
        }
        // The tile went over the input that is always 1 where both share a panel.
        if (columns < kPanelColumns) tile[row * kPanelColumns + columns] = 1.0F;
    }
    nn::panel_to_strip(tile, inputs.rows, columns, next.input_strips.at(strip, first_column));
}

void Backpropagation::backward(const PackedHead& head, const Matrix& logit_gradient) {
    assert(logit_gradient.rows() >= rows_ && logit_gradient.columns() == head.outputs());
    Stage& last = stages_.back();
    for (std::size_t row = 0; row < rows_; ++row) {
        for (std::size_t genre = 0; genre < logit_gradient.columns(); ++genre) {
            const float slope = logit_gradient(row, genre);
            last.gradient(row, genre) = slope;
            last.gradient_strips.at(row / kStripRows, genre)[row % kStripRows] = slope;
        }
    }
    for (std::size_t i = stages_.size() - 1; i > 0; --i) {
        const auto backward_one = [&](std::size_t panel) {
            const nn::FlushSubnormals flush;
            backward_panel(head, i, panel);
        };
        parallel_for(panels_of(head.layers[i].inputs), std::cref(backward_one));
    }
}

void Backpropagation::backward_panel(const PackedHead& head, std::size_t index, std::size_t panel) {
    const PackedLayer& layer = head.layers[index];
    const Stage& stage = stages_[index];
    Stage& before = stages_[index - 1];
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
        for (std::size_t strip = 0; strip < strips_of(rows_); ++strip) {
            const std::size_t next = last + strip;  // one of the panels to be turned next
            nn::Ahead ahead;
            if (strip < kTurnedPanels && next < layer.weight.panels()) {
                ahead = {{layer.weight.at(next, panel * kPanelColumns)}, nn::lines_of(kBlock)};
            }
            multiply({stage.gradient_strips.at(strip, first_output), kStripRows, rows_of_strip(strip, rows_)},
                     turned.data(), inner, before.gradient.at(panel, strip * kStripRows), ahead);
        }
    }
    finish_gradient(head.layers[index - 1], index - 1, panel);
}

void Backpropagation::finish_gradient(const PackedLayer& layer, std::size_t index, std::size_t panel) {
    const std::size_t columns = columns_of_panel(panel, layer.outputs);
    const float kept = 1.0F / (1.0F - dropout_.rate);
    for (std::size_t row = 0; row < rows_; ++row) {
        float* slope = stages_[index].gradient.at(panel, row);
        const float* output = stages_[index + 1].inputs.at(panel, row);
        // A unit that was dropped or not active gave 0.
        for (std::size_t c = 0; layer.relu && c < kPanelColumns; ++c)
            slope[c] *= output[c] > 0.0F ? kept : 0.0F;
        std::fill(slope + columns, slope + kPanelColumns, 0.0F);
    }
    if (index == 0) return;  // nothing is left of the first layer
    for (std::size_t strip = 0; strip < strips_of(rows_); ++strip) {
        nn::panel_to_strip(stages_[index].gradient.at(panel, strip * kStripRows), rows_of_strip(strip, rows_),
                           columns, stages_[index].gradient_strips.at(strip, panel * kPanelColumns));
    }
}

void Backpropagation::for_each_weight_tile(TileVisitor& visitor) const {
    const auto multiply_job = [&](std::size_t number) {
        const nn::FlushSubnormals flush;
        const TileJob& job = jobs_[number];
        const Stage& stage = stages_[job.layer];
        alignas(64) std::array<float, kStripRows * kPanelColumns> values;
        for (std::size_t panel = job.first_input_panel; panel < job.last_input_panel; ++panel) {
            const std::size_t inputs = columns_of_panel(panel, stage.inputs.columns());
            for (std::size_t first = 0; first < inputs; first += kStripRows) {
                const std::size_t rows = std::min(kStripRows, inputs - first);
                const GradientTile tile{job.layer, job.panel, panel * kPanelColumns + first, rows,
                                        values.data()};
                nn::multiply({stage.inputs.at(panel, 0) + first, kPanelColumns, rows},
                             stage.gradient.at(job.panel, 0), rows_, values.data(), visitor.ahead(tile));
                visitor.visit(tile);
            }
        }
    };
    parallel_for(jobs_.size(), std::cref(multiply_job));
}

}  // namespace melvit
