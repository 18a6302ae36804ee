#pragma once

#include "melvit/core/matrix.h"
#include "melvit/head/dropout.h"
#include "melvit/head/packed_head.h"
#include "melvit/head/packed_rows.h"
#include "melvit/nn/packed_matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

// N = rows that go through a head together, I = inputs of a layer, O = its outputs

/// Enough rows at a time for a weight to be used often once it is in the cache.
inline constexpr std::size_t kBlockRows = 120;

/// Takes rows through a head. It holds what lies between the layers and allocates only when it is made.
class ForwardPass {
public:
    /// For heads of this head's shape.
    ForwardPass(const PackedHead& head, std::size_t most_rows);
    ForwardPass(const ForwardPass&) = delete;
    ForwardPass& operator=(const ForwardPass&) = delete;

    /// The logits of some rows of the features, with dropout.
    ///
    /// head      of the shape it was made for
    /// features  [any x I of the first layer]
    /// rows      [N], at most most_rows
    /// returns   [most_rows x genres], the first N rows valid until the next call
    const Matrix& operator()(const PackedHead& head, const Matrix& features,
                             std::span<const std::size_t> rows, const Dropout& dropout);

    /// The same of rows that are packed already.
    ///
    /// inputs  [N x (I + 1)]; they stay until this object's next call
    const Matrix& operator()(const PackedHead& head, const PackedRows& inputs, const Dropout& dropout);

    /// Of the last call.
    std::size_t rows() const { return rows_; }
    const Dropout& dropout() const { return dropout_; }
    /// A layer's inputs [N x (I + 1)], the last column all 1.
    const PackedRows& inputs(std::size_t layer) const { return layer == 0 ? *first_ : between_[layer]; }

private:
    /// Which tile of a layer's outputs.
    struct TilePlace {
        std::size_t panel, micro_panel;
    };

    const Matrix& pass(const PackedHead& head, const PackedRows& inputs, std::size_t rows,
                       const Dropout& dropout);
    void pass_layer(const PackedLayer& layer, std::size_t index);
    void pass_tile(const PackedLayer& layer, std::size_t index, TilePlace place,
                   const kernels::Prefetch& prefetch);

    std::vector<PackedRows> between_;    ///< [layers] the inputs of each
    const PackedRows* first_ = nullptr;  ///< those of the first layer: of between_ or someone else's
    Matrix logits_;
    std::size_t rows_ = 0;
    Dropout dropout_;
};

}  // namespace melvit
