#pragma once

#include "melvit/head/gradient.h"
#include "melvit/head/packed_head.h"
#include "melvit/nn/packed_matrix.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// Constants of AdamW; the defaults are torch's.
struct AdamWConfig {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay =
        0.01;  ///< decoupled: a weight shrinks by lr * weight_decay of itself a step, biases too
};

/// The optimiser of a head.
///
/// source  Loshchilov, Hutter 2019, "Decoupled weight decay regularization"; torch.optim.AdamW
class AdamW {
public:
    AdamW(const PackedHead& head, const AdamWConfig& config);

    /// Changes all weights by the gradient of the last backward.
    ///
    /// lr  learning rate of this step
    void step(PackedHead& head, const Backpropagation& gradient, double lr) {
        step(head, head, gradient, lr);
    }

    /// The same, the changed weights in another head.
    ///
    /// from  the weights before
    /// to    those after: a head of the same shape, of which the weights are written and nothing else
    void step(const PackedHead& from, PackedHead& to, const Backpropagation& gradient, double lr);

private:
    /// Running means of a layer's gradient and of its square, each shaped as the weights.
    struct Moments {
        nn::Panels mean;
        nn::Panels square;
    };
    class Update;

    AdamWConfig config_;
    std::vector<Moments> moments_;  ///< [layers]
    int steps_ = 0;
};

}  // namespace melvit
