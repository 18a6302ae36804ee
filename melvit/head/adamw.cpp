#include "melvit/head/adamw.h"

#include "melvit/nn/vector.h"

#include <cmath>

namespace melvit {

using nn::load;
using nn::store;
using nn::Vector;

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
        : moments_(optimiser.moments_),
          from_(from),
          to_(to),
          epsilon_(static_cast<float>(optimiser.config_.epsilon)) {
        const AdamWConfig& config = optimiser.config_;
        const double correction1 = 1.0 - std::pow(config.beta1, optimiser.steps_);
        const double correction2 = 1.0 - std::pow(config.beta2, optimiser.steps_);
        keep_weight_ = static_cast<float>(1.0 - lr * config.weight_decay);
        keep_mean_ = static_cast<float>(config.beta1);
        add_mean_ = static_cast<float>(1.0 - config.beta1);
        keep_square_ = static_cast<float>(config.beta2);
        add_square_ = static_cast<float>(1.0 - config.beta2);
        step_size_ = static_cast<float>(lr / correction1);
        root_scale_ = static_cast<float>(1.0 / std::sqrt(correction2));
    }

    nn::Ahead ahead(const GradientTile& tile) const override {
        const Moments& moments = moments_[tile.layer];
        return {{from_.layers[tile.layer].weight.at(tile.panel, tile.first_row),
                 moments.mean.at(tile.panel, tile.first_row), moments.square.at(tile.panel, tile.first_row)},
                nn::lines_of(tile.rows * nn::kPanelColumns)};
    }

    void visit(const GradientTile& tile) override {
        const float* weights = from_.layers[tile.layer].weight.at(tile.panel, tile.first_row);
        float* changed = to_.layers[tile.layer].weight.at(tile.panel, tile.first_row);
        float* means = moments_[tile.layer].mean.at(tile.panel, tile.first_row);
        float* squares = moments_[tile.layer].square.at(tile.panel, tile.first_row);
        for (std::size_t i = 0; i < tile.rows * nn::kPanelColumns; i += nn::kLanes) {
            const Vector slope = load(tile.values + i);
            const Vector mean = keep_mean_ * load(means + i) + add_mean_ * slope;
            const Vector square = keep_square_ * load(squares + i) + add_square_ * (slope * slope);
            const Vector direction = mean / (root_scale_ * nn::square_root(square) + epsilon_);
            store(mean, means + i);
            store(square, squares + i);
            store(keep_weight_ * load(weights + i) - step_size_ * direction, changed + i);
        }
    }

private:
    std::vector<Moments>& moments_;
    const PackedHead& from_;
    PackedHead& to_;
    float keep_weight_, keep_mean_, add_mean_, keep_square_, add_square_, step_size_, root_scale_, epsilon_;
};

void AdamW::step(const PackedHead& from, PackedHead& to, const Backpropagation& gradient, double lr) {
    ++steps_;
    Update update(*this, from, to, lr);
    gradient.for_each_weight_tile(update);
}

}  // namespace melvit
