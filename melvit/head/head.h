#pragma once

#include "melvit/core/config.h"
#include "melvit/core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace melvit {

/// The head's layers. The defaults are the study's head: Linear(D, 1024) without activation, Linear(1024,
/// 1024) + ReLU, Linear(1024, genres).
struct HeadConfig {
    int hidden = 1024;
    int layers = 1;
    std::string shape = "study";
    float dropout = 0.0F;

    bool operator==(const HeadConfig&) const = default;

    static constexpr auto fields() {
        return std::tuple{Field{"hidden", &HeadConfig::hidden, "units of a hidden layer"},
                          Field{"layers", &HeadConfig::layers,
                                "hidden layers with a ReLU; 0 and shape mlp make a linear head"},
                          Field{"shape", &HeadConfig::shape,
                                "study: a Linear without activation first, then the hidden layers; mlp: the "
                                "hidden layers only"},
                          Field{"dropout", &HeadConfig::dropout,
                                "share of each hidden layer's units dropped in training, [0, 1)"}};
    }
};

/// throws  Error for a setting out of range
void check(const HeadConfig& config);

/// The size of one layer.
struct LayerSize {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    bool relu = false;  ///< ReLU after it

    bool operator==(const LayerSize&) const = default;
};

/// The layers that a config describes, first to last.
///
/// inputs  features of a row, at least 1
/// genres  at least 2
/// throws  Error for settings out of range
std::vector<LayerSize> layer_sizes(const HeadConfig& config, std::size_t inputs, std::size_t genres);

/// Linear layer y = x W^T + b.
struct HeadLayer {
    Matrix weight;      ///< [outputs x inputs]
    Matrix bias;        ///< [1 x outputs]
    bool relu = false;  ///< ReLU after it
};

/// A trained (or fresh) head: a value. logits = layers one after the other.
struct Head {
    HeadConfig config;
    std::vector<HeadLayer> layers;

    std::size_t inputs() const { return layers.front().weight.columns(); }
    std::size_t outputs() const { return layers.back().weight.rows(); }
};

/// A fresh head: weights and biases uniform in +-1/sqrt(inputs of the layer), as torch.nn.Linear starts.
/// Layer i draws its weights row after row, then its biases, from Random(seed, i).
///
/// throws  Error for settings out of range
Head make_head(const HeadConfig& config, std::size_t inputs, std::size_t genres, std::uint64_t seed);

/// The head's answer to each row.
///
/// features  [rows x inputs]; a row's logits do not depend on the rows beside it
/// returns   logits [rows x genres]
/// throws    Error when the width is not the head's
Matrix apply_head(const Head& head, const Matrix& features);

/// Row-wise softmax. logits [rows x genres]; returns probabilities of the same shape
Matrix softmax(const Matrix& logits);

}  // namespace melvit
