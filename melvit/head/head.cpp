#include "melvit/head/head.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/head/forward.h"
#include "melvit/head/packed_head.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <span>

namespace melvit {
namespace {

constexpr int kMostUnits = 65536;
constexpr int kMostLayers = 16;
/// AdamW keeps three numbers a weight: 6 GB here.
constexpr std::size_t kMostWeights = 500'000'000;

}  // namespace

void check(const HeadConfig& config) {
    if (config.hidden < 1 || config.hidden > kMostUnits) {
        throw Error("hidden", fmt::format("needs 1 to {} units", kMostUnits),
                    fmt::format("it is {}", config.hidden));
    }
    if (config.layers < 0 || config.layers > kMostLayers) {
        throw Error("layers", fmt::format("needs 0 to {} hidden layers", kMostLayers),
                    fmt::format("it is {}", config.layers));
    }
    if (config.shape != "study" && config.shape != "mlp") {
        throw Error("shape", "needs study or mlp", "it is \"" + config.shape + '"');
    }
    if (!(config.dropout >= 0.0F && config.dropout < 1.0F)) {
        throw Error("dropout", "needs a share of at least 0 and less than 1",
                    fmt::format("it is {}", config.dropout));
    }
}

std::vector<LayerSize> layer_sizes(const HeadConfig& config, std::size_t inputs, std::size_t genres) {
    check(config);
    if (inputs < 1) throw Error("head", "needs at least one feature a row", "there is none");
    if (genres < 2) throw Error("head", "needs at least 2 genres", fmt::format("there are {}", genres));
    const auto hidden = static_cast<std::size_t>(config.hidden);
    std::vector<LayerSize> sizes;
    const auto add = [&](std::size_t outputs, bool relu) {
        sizes.push_back({sizes.empty() ? inputs : sizes.back().outputs, outputs, relu});
    };
    if (config.shape == "study") add(hidden, false);
    for (int i = 0; i < config.layers; ++i) add(hidden, true);
    add(genres, false);
    std::size_t weights = 0;
    for (const LayerSize& size : sizes) weights += size.inputs * size.outputs;
    if (weights > kMostWeights) {
        throw Error("head", fmt::format("needs at most {} weights", kMostWeights),
                    fmt::format("{} features, hidden {} and layers {} make {}", inputs, config.hidden,
                                config.layers, weights));
    }
    return sizes;
}

Head make_head(const HeadConfig& config, std::size_t inputs, std::size_t genres, std::uint64_t seed) {
    Head head{config, {}};
    for (const LayerSize& size : layer_sizes(config, inputs, genres)) {
        Random random(seed, head.layers.size());
        const float bound = 1.0F / std::sqrt(static_cast<float>(size.inputs));
        HeadLayer layer{Matrix(size.outputs, size.inputs), Matrix(1, size.outputs), size.relu};
        for (float& weight : layer.weight.values()) weight = random.uniform(-bound, bound);
        for (float& bias : layer.bias.values()) bias = random.uniform(-bound, bound);
        head.layers.push_back(std::move(layer));
    }
    return head;
}

Matrix apply_head(const Head& head, const Matrix& features) {
    if (features.columns() != head.inputs()) {
        throw Error("head", fmt::format("needs rows of {} features", head.inputs()),
                    fmt::format("they have {}", features.columns()));
    }
    const PackedHead packed = pack(head);
    std::vector<std::size_t> order(features.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t block = std::min(kBlockRows, order.size());
    ForwardPass forward(packed, block);
    Matrix logits(features.rows(), head.outputs());
    for (std::size_t first = 0; first < order.size(); first += block) {
        const auto rows = std::span(order).subspan(first, std::min(block, order.size() - first));
        const Matrix& some = forward(packed, features, rows, {});
        std::copy_n(some.data(), rows.size() * some.columns(), logits.row(first).data());
    }
    return logits;
}

Matrix softmax(const Matrix& logits) {
    Matrix probabilities(logits.rows(), logits.columns());
    for (std::size_t row = 0; row < logits.rows(); ++row) {
        const auto from = logits.row(row);
        const auto to = probabilities.row(row);
        const float largest = *std::max_element(from.begin(), from.end());
        double sum = 0.0;
        for (const float logit : from) sum += std::exp(static_cast<double>(logit) - largest);
        for (std::size_t i = 0; i < from.size(); ++i) {
            to[i] = static_cast<float>(std::exp(static_cast<double>(from[i]) - largest) / sum);
        }
    }
    return probabilities;
}

}  // namespace melvit
