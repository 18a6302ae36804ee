#include "melvit/head/packed_head.h"

#include "melvit/core/parallel.h"

#include <algorithm>
#include <cstddef>

namespace melvit {
namespace {

using nn::columns_of_panel;
using nn::panel_columns;

PackedLayer pack(const HeadLayer& layer) {
    const std::size_t inputs = layer.weight.columns();
    const std::size_t outputs = layer.weight.rows();
    PackedLayer packed{inputs, outputs, layer.relu,
                       nn::Panels(nn::panels_of(inputs + 1) * panel_columns(), outputs)};
    parallel_for(packed.weight.panels(), [&](std::size_t panel) {
        const std::size_t first = panel * panel_columns();
        const std::size_t columns = columns_of_panel(panel, outputs);
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
    parallel_for(packed.weight.panels(), [&](std::size_t panel) {
        const std::size_t first = panel * panel_columns();
        const std::size_t columns = columns_of_panel(panel, packed.outputs);
        for (std::size_t i = 0; i < packed.inputs; ++i) {
            const float* row = packed.weight.at(panel, i);
            for (std::size_t c = 0; c < columns; ++c) layer.weight(first + c, i) = row[c];
        }
        std::copy_n(packed.weight.at(panel, packed.inputs), columns, layer.bias.data() + first);
    });
    return layer;
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

}  // namespace melvit
