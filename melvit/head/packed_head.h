#pragma once

#include "melvit/core/matrix.h"
#include "melvit/head/head.h"
#include "melvit/nn/panel_product.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

// N = rows, I = inputs of a layer, O = its outputs

/// A layer as products want it. The bias is the weight of one more input that is always 1.
struct PackedLayer {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    bool relu = false;
    nn::Panels
        weight;  ///< [(I + 1) x O]: row i holds the weights of input i, row I the bias; rows of zeros to a full panel
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

/// Up to kStripRows rows of features as one strip of a left factor.
///
/// rows   which rows of `features`
/// strip  [width x kStripRows]
void load_strip(const Matrix& features, std::span<const std::size_t> rows, float* strip);

/// The input that is always 1.
void fill_last_column(nn::Strips& strips);

/// The rows of one strip: kStripRows but for the last.
inline std::size_t rows_of_strip(std::size_t strip, std::size_t rows) {
    return std::min(nn::kStripRows, rows - strip * nn::kStripRows);
}

/// One tile of a layer's outputs, activation included: one strip of its inputs times one panel of its weights.
///
/// inputs  [N x (I + 1)], the last column all 1
/// tile    [rows x kPanelColumns]
void layer_tile(const PackedLayer& layer, const nn::LeftFactor& inputs, std::size_t panel, float* tile,
                const nn::Ahead& ahead = {});

/// logits [N x genres] of features [N x I].
Matrix apply_head(const PackedHead& head, const Matrix& features);

}  // namespace melvit
