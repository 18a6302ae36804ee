#pragma once

#include "melvit/head/head.h"
#include "melvit/nn/packed_matrix.h"

#include <cstddef>
#include <vector>

namespace melvit {

// I = inputs of a layer, O = its outputs

/// A layer as products want it. The bias is the weight of one more input that is always 1.
struct PackedLayer {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    bool relu = false;
    /// [(I + 1) x O]: row i holds the weights of input i, row I the bias; rows of zeros to a full panel
    nn::Panels weight;
};

/// A head as products want it: what is trained, and what a Head becomes to be applied.
struct PackedHead {
    HeadConfig config;
    std::vector<PackedLayer> layers;

    std::size_t inputs() const { return layers.front().inputs; }
    std::size_t outputs() const { return layers.back().outputs; }
};

PackedHead pack(const Head& head);
Head unpack(const PackedHead& head);

}  // namespace melvit
