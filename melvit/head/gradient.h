#pragma once

#include "melvit/core/matrix.h"
#include "melvit/head/forward.h"
#include "melvit/head/packed_head.h"
#include "melvit/nn/packed_matrix.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

// N = rows of the mini-batch, I = inputs of a layer, O = its outputs

/// A piece of d loss / d weight: `rows` rows of one panel, from first_row on.
struct GradientTile {
    std::size_t layer = 0;
    std::size_t panel = 0;
    std::size_t first_row = 0;
    std::size_t rows = 0;
    const float* values = nullptr;  ///< [rows x panel_columns()]
};

/// Takes the tiles of a gradient as they come.
class TileVisitor {
public:
    virtual ~TileVisitor() = default;

    /// The memory that `visit` will want, to be prefetched while the tile is computed; tile.values is not
    /// there yet.
    virtual kernels::Prefetch prefetch(const GradientTile& tile) const = 0;

    virtual void visit(const GradientTile& tile) = 0;
};

/// Takes mini-batches through a head and back. It allocates only when it is made.
/// The gradient of the weights is never whole in memory: it is handed out tile by tile while it is in the
/// cache.
///
/// source  Rumelhart, Hinton, Williams 1986, "Learning representations by back-propagating errors"
class Backpropagation {
public:
    Backpropagation(const PackedHead& head, std::size_t most_rows);

    /// The way there, which `backward` goes back: the forward pass's logits of some rows.
    const Matrix& forward(const PackedHead& head, const Matrix& features, std::span<const std::size_t> rows,
                          const Dropout& dropout) {
        return forward_(head, features, rows, dropout);
    }
    const Matrix& forward(const PackedHead& head, const PackedRows& inputs, const Dropout& dropout) {
        return forward_(head, inputs, dropout);
    }

    /// Takes d loss / d logits of the last forward back to every layer.
    ///
    /// logit_gradient  [at least N x genres]
    void backward(const PackedHead& head, const Matrix& logit_gradient);

    /// Hands out the gradient of all weights; visits run at the same time on several threads, each tile once.
    void for_each_weight_tile(TileVisitor& visitor) const;

private:
    /// Some panels of a layer's inputs times one panel of its output gradients.
    struct TileJob {
        std::size_t layer, panel, first_input_panel, last_input_panel;
    };

    void backward_panel(const PackedHead& head, std::size_t index, std::size_t panel);
    void finish_gradient(const PackedLayer& layer, std::size_t index, std::size_t panel);

    ForwardPass forward_;
    std::vector<PackedRows> output_gradients_;  ///< [layers] of the loss by the outputs of each, [N x O]
    std::vector<TileJob> jobs_;
};

}  // namespace melvit
