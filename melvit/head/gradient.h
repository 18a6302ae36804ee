#pragma once

#include "melvit/core/matrix.h"
#include "melvit/head/packed_head.h"
#include "melvit/nn/panel_product.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace melvit {

// N = rows of the mini-batch, I = inputs of a layer, O = its outputs

/// Which hidden units a training step drops: a function of (seed, step, layer, row, unit).
struct Dropout {
    float rate = 0.0F;  ///< share of the units, [0, 1)
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
};

/// A piece of d loss / d weight: `rows` rows of one panel, from first_row on.
struct GradientTile {
    std::size_t layer = 0;
    std::size_t panel = 0;
    std::size_t first_row = 0;
    std::size_t rows = 0;
    const float* values = nullptr;  ///< [rows x kPanelColumns]
};

/// Takes the tiles of a gradient as they come.
class TileVisitor {
public:
    virtual ~TileVisitor() = default;

    /// The memory that `visit` will want, to be fetched while the tile is computed; tile.values is not there yet.
    virtual nn::Ahead ahead(const GradientTile& tile) const = 0;

    virtual void visit(const GradientTile& tile) = 0;
};

/// Takes mini-batches through a head and back. It holds what lies between the layers and allocates only when it is made.
/// The gradient of the weights is never whole in memory: it is handed out tile by tile while it is in the cache.
///
/// source  Rumelhart, Hinton, Williams 1986, "Learning representations by back-propagating errors"
class Backpropagation {
public:
    Backpropagation(const PackedHead& head, std::size_t most_rows);

    /// The logits of some rows of the features, with dropout.
    ///
    /// features  [any x I of the first layer]
    /// rows      [N], at most most_rows
    /// returns   [most_rows x genres], the first N rows valid until the next call
    const Matrix& forward(const PackedHead& head, const Matrix& features, std::span<const std::size_t> rows,
                          const Dropout& dropout);

    /// Takes d loss / d logits of the last forward back to every layer.
    ///
    /// logit_gradient  [at least N x genres]
    void backward(const PackedHead& head, const Matrix& logit_gradient);

    /// Hands out the gradient of all weights; visits run at the same time on several threads, each tile once.
    void for_each_weight_tile(TileVisitor& visitor) const;

private:
    /// A layer's inputs and the gradient of its outputs, each as the left and as the right factor of a product.
    struct Stage {
        nn::Panels inputs;           ///< [N x (I + 1)], the last column all 1
        nn::Strips input_strips;     ///< the same
        nn::Panels gradient;         ///< [N x O]
        nn::Strips gradient_strips;  ///< the same
    };
    /// Which tile of a layer's outputs.
    struct TilePlace {
        std::size_t panel, strip;
    };
    /// Some panels of a layer's inputs times one panel of its output gradients.
    struct TileJob {
        std::size_t layer, panel, first_input_panel, last_input_panel;
    };

    void load_inputs(const Matrix& features, std::span<const std::size_t> rows);
    void forward_layer(const PackedLayer& layer, std::size_t index);
    void forward_tile(const PackedLayer& layer, std::size_t index, TilePlace place, const nn::Ahead& ahead);
    void backward_panel(const PackedHead& head, std::size_t index, std::size_t panel);
    void finish_gradient(const PackedLayer& layer, std::size_t index, std::size_t panel);

    std::vector<Stage> stages_;  ///< [layers]
    std::vector<TileJob> jobs_;
    Matrix logits_;
    std::size_t rows_ = 0;  ///< of the last forward
    Dropout dropout_;
};

}  // namespace melvit
