#include "melvit/head/adamw.h"

#include <cmath>

namespace melvit {

AdamW::AdamW(const PackedHead& head, const AdamWConfig& config) : config_(config) {
    for (const PackedLayer& layer : head.layers) {
        const auto like_weight = nn::Panels(layer.weight.rows(), layer.weight.columns());
        moments_.push_back({like_weight, like_weight});
    }
}

/// One step, tile by tile.
class AdamW::Update : public TileVisitor {
public:
    Update(AdamW& optimiser, const PackedHead& from, PackedHead& to, double lr)
        : moments_(optimiser.moments_), from_(from), to_(to) {
        const AdamWConfig& config = optimiser.config_;
        const double correction1 = 1.0 - std::pow(config.beta1, optimiser.steps_);
        const double correction2 = 1.0 - std::pow(config.beta2, optimiser.steps_);
        step_ = {.keep_weight = static_cast<float>(1.0 - lr * config.weight_decay),
                 .keep_mean = static_cast<float>(config.beta1),
                 .add_mean = static_cast<float>(1.0 - config.beta1),
                 .keep_square = static_cast<float>(config.beta2),
                 .add_square = static_cast<float>(1.0 - config.beta2),
                 .step_size = static_cast<float>(lr / correction1),
                 .root_scale = static_cast<float>(1.0 / std::sqrt(correction2)),
                 .epsilon = static_cast<float>(config.epsilon)};
    }

    kernels::Prefetch prefetch(const GradientTile& tile) const override {
        const Moments& moments = moments_[tile.layer];
        return {{from_.layers[tile.layer].weight.at(tile.panel, tile.first_row),
                 moments.mean.at(tile.panel, tile.first_row), moments.square.at(tile.panel, tile.first_row)},
                nn::lines_of(tile.rows * nn::panel_columns())};
    }

    void visit(const GradientTile& tile) override {
        Moments& moments = moments_[tile.layer];
        kernels::kernels().adamw(step_, tile.values, tile.rows * nn::panel_columns(),
                                 moments.mean.at(tile.panel, tile.first_row),
                                 moments.square.at(tile.panel, tile.first_row),
                                 from_.layers[tile.layer].weight.at(tile.panel, tile.first_row),
                                 to_.layers[tile.layer].weight.at(tile.panel, tile.first_row));
    }

private:
    std::vector<Moments>& moments_;
    const PackedHead& from_;
    PackedHead& to_;
    kernels::AdamWStep step_{};
};

void AdamW::step(const PackedHead& from, PackedHead& to, const Backpropagation& gradient, double lr) {
    ++steps_;
    Update update(*this, from, to, lr);
    gradient.for_each_weight_tile(update);
}

}  // namespace melvit
