#include "melvit/head/packed_head.h"

#include "melvit/core/error.h"
#include "melvit/core/parallel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>
#include <numeric>

namespace melvit {
namespace {

using nn::kPanelColumns;
using nn::kStripRows;

/// Rows that go through the head together: enough that a weight is used often once it is in the cache.
constexpr std::size_t kBlockRows = 120;
static_assert(kBlockRows % kStripRows == 0);

std::size_t round_up_to_panel(std::size_t count) {
    return (count + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

PackedLayer pack(const HeadLayer& layer) {
    const std::size_t inputs = layer.weight.columns();
    const std::size_t outputs = layer.weight.rows();
    PackedLayer packed{inputs, outputs, layer.relu, nn::Panels(round_up_to_panel(inputs + 1), outputs)};
    parallel_for(packed.weight.panels(), [&](std::size_t panel) {
        const std::size_t first = panel * kPanelColumns;
        const std::size_t columns = std::min(kPanelColumns, outputs - first);
        for (std::size_t i = 0; i < inputs; ++i) {
            float* row = packed.weight.at(panel, i);
            for (std::size_t c = 0; c < columns; ++c) row[c] = layer.weight(first + c, i);
        }
        std::copy_n(layer.bias.data() + first, columns, packed.weight.at(panel, inputs));
    });
    return packed;
}

HeadLayer unpack(const PackedLayer& packed) {
    HeadLayer layer{Matrix(packed.outputs, packed.inputs), Matrix(1, packed.outputs), packed.relu};
    for (std::size_t output = 0; output < packed.outputs; ++output) {
        for (std::size_t i = 0; i < packed.inputs; ++i) layer.weight(output, i) = packed.weight(i, output);
        layer.bias(0, output) = packed.weight(packed.inputs, output);
    }
    return layer;
}

/// A hidden layer's outputs as the next layer's inputs.
nn::Strips hidden_layer(const PackedLayer& layer, const nn::Strips& inputs) {
    nn::Strips outputs(inputs.rows(), layer.outputs + 1);
    parallel_for(layer.weight.panels(), [&](std::size_t panel) {
        const std::size_t first = panel * kPanelColumns;
        const std::size_t columns = std::min(kPanelColumns, layer.outputs - first);
        alignas(64) std::array<float, kStripRows * kPanelColumns> tile;
        for (std::size_t strip = 0; strip < inputs.strips(); ++strip) {
            const std::size_t rows = rows_of_strip(strip, inputs.rows());
            layer_tile(layer, {inputs.at(strip, 0), kStripRows, rows}, panel, tile.data());
            nn::panel_to_strip(tile.data(), rows, columns, outputs.at(strip, first));
        }
    });
    fill_last_column(outputs);
    return outputs;
}

/// The last layer's outputs into rows first ... first + N - 1 of the logits.
void last_layer(const PackedLayer& layer, const nn::Strips& inputs, Matrix& logits, std::size_t first) {
    alignas(64) std::array<float, kStripRows * kPanelColumns> tile;
    for (std::size_t strip = 0; strip < inputs.strips(); ++strip) {
        const std::size_t rows = rows_of_strip(strip, inputs.rows());
        for (std::size_t panel = 0; panel < layer.weight.panels(); ++panel) {
            layer_tile(layer, {inputs.at(strip, 0), kStripRows, rows}, panel, tile.data());
            const std::size_t columns = std::min(kPanelColumns, layer.outputs - panel * kPanelColumns);
            for (std::size_t row = 0; row < rows; ++row) {
                std::copy_n(tile.data() + row * kPanelColumns, columns,
                            &logits(first + strip * kStripRows + row, panel * kPanelColumns));
            }
        }
    }
}

}  // namespace

PackedHead pack(const Head& head) {
    PackedHead packed{head.config, {}};
    for (const HeadLayer& layer : head.layers) packed.layers.push_back(pack(layer));
    return packed;
}

Head unpack(const PackedHead& packed) {
    Head head{packed.config, {}};
    for (const PackedLayer& layer : packed.layers) head.layers.push_back(unpack(layer));
    return head;
}

void load_strip(const Matrix& features, std::span<const std::size_t> rows, float* strip) {
    assert(!rows.empty() && rows.size() <= kStripRows);
    std::array<const float*, kStripRows> from{};
    for (std::size_t i = 0; i < rows.size(); ++i) from[i] = features.row(rows[i]).data();
    for (std::size_t column = 0; column < features.columns(); ++column) {
        float* to = strip + column * kStripRows;
        for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[i][column];
    }
}

void fill_last_column(nn::Strips& strips) {
    for (std::size_t strip = 0; strip < strips.strips(); ++strip) {
        std::fill_n(strips.at(strip, strips.columns() - 1), kStripRows, 1.0F);
    }
}

void layer_tile(const PackedLayer& layer, const nn::LeftFactor& inputs, std::size_t panel, float* tile,
                const nn::Ahead& ahead) {
    nn::multiply(inputs, layer.weight.at(panel, 0), layer.inputs + 1, tile, ahead);
    if (!layer.relu) return;
    for (std::size_t i = 0; i < inputs.rows * kPanelColumns; ++i) tile[i] = std::max(tile[i], 0.0F);
}

Matrix apply_head(const PackedHead& head, const Matrix& features) {
    if (features.columns() != head.inputs()) {
        throw Error("head", fmt::format("needs rows of {} features", head.inputs()),
                    fmt::format("they have {}", features.columns()));
    }
    const std::size_t count = features.rows();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Matrix logits(count, head.outputs());
    parallel_for((count + kBlockRows - 1) / kBlockRows, [&](std::size_t block) {
        const std::size_t first = block * kBlockRows;
        const std::size_t rows = std::min(kBlockRows, count - first);
        nn::Strips values(rows, head.inputs() + 1);
        for (std::size_t strip = 0; strip < values.strips(); ++strip) {
            const auto some =
                std::span(order).subspan(first + strip * kStripRows, rows_of_strip(strip, rows));
            load_strip(features, some, values.at(strip, 0));
        }
        fill_last_column(values);
        for (std::size_t i = 0; i + 1 < head.layers.size(); ++i)
            values = hidden_layer(head.layers[i], values);
        last_layer(head.layers.back(), values, logits, first);
    });
    return logits;
}

}  // namespace melvit
