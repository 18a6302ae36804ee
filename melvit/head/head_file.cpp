#include "melvit/head/head_file.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

std::string layer_name(std::size_t head, std::size_t layer) {
    return fmt::format("heads.{}.layers.{}.", head, layer);
}

constexpr const char* kMean = "standardisation.mean";
constexpr const char* kDeviation = "standardisation.deviation";

/// A tensor of floats, its shape and its numbers checked.
Matrix read_matrix(const SafetensorsFile& file, const std::string& name, std::size_t rows,
                   std::size_t columns) {
    const TensorView& view = file.at(name);
    if (view.shape != std::vector<std::size_t>{rows, columns}) {
        throw Error(file.path(), fmt::format("needs {} of shape {}", name, shape_text({rows, columns})),
                    "its shape is " + shape_text(view.shape));
    }
    Matrix matrix = file.matrix(name);
    if (!std::ranges::all_of(matrix.values(), [](float value) { return std::isfinite(value); })) {
        throw Error(file.path(), fmt::format("needs finite numbers in {}", name), "one is not");
    }
    return matrix;
}

/// The size of a matrix that other shapes follow from.
std::vector<std::size_t> matrix_shape(const SafetensorsFile& file, const std::string& name) {
    const auto& shape = file.at(name).shape;
    if (shape.size() == 2) return shape;
    throw Error(file.path(), fmt::format("needs a matrix as {}", name),
                fmt::format("it has {} dimensions", shape.size()));
}

Head read_head(const SafetensorsFile& file, std::size_t index, const HeadConfig& config,
               std::span<const LayerSize> sizes) {
    Head head{config, {}};
    for (const LayerSize& size : sizes) {
        const std::string name = layer_name(index, head.layers.size());
        head.layers.push_back({read_matrix(file, name + "weight", size.outputs, size.inputs),
                               read_matrix(file, name + "bias", 1, size.outputs), size.relu});
    }
    const std::string surplus = layer_name(index, sizes.size()) + "weight";
    if (!file.has(surplus)) return head;
    throw Error(file.path(), fmt::format("needs heads of {} layers, as its settings say", sizes.size()),
                "it holds " + surplus);
}

/// Layers that the config describes are fewer than 32 (head.cpp).
std::size_t count_layers(const SafetensorsFile& file) {
    std::size_t count = 0;
    while (file.has(layer_name(0, count) + "weight")) ++count;
    return count;
}

}  // namespace

std::vector<TensorToWrite> head_tensors(const HeadSet& set) {
    std::vector<TensorToWrite> tensors;
    for (std::size_t i = 0; i < set.heads.size(); ++i) {
        for (std::size_t j = 0; j < set.heads[i].layers.size(); ++j) {
            tensors.push_back(tensor_of(layer_name(i, j) + "weight", set.heads[i].layers[j].weight));
            tensors.push_back(tensor_of(layer_name(i, j) + "bias", set.heads[i].layers[j].bias));
        }
    }
    if (!set.standardisation.empty()) {
        tensors.push_back(tensor_of(kMean, set.standardisation.mean));
        tensors.push_back(tensor_of(kDeviation, set.standardisation.standard_deviation));
    }
    return tensors;
}

HeadSet read_head_set(const SafetensorsFile& file, const HeadConfig& config) {
    const std::size_t layers = count_layers(file);
    if (layers == 0) throw Error(file.path(), "needs the layers of a head", "it has none");
    const std::size_t inputs = matrix_shape(file, layer_name(0, 0) + "weight")[1];
    const std::size_t genres = matrix_shape(file, layer_name(0, layers - 1) + "weight")[0];
    const std::vector<LayerSize> sizes = layer_sizes(config, inputs, genres);
    HeadSet set;
    while (file.has(layer_name(set.heads.size(), 0) + "weight")) {
        set.heads.push_back(read_head(file, set.heads.size(), config, sizes));
    }
    if (!file.has(kMean) && !file.has(kDeviation)) return set;
    set.standardisation = {read_matrix(file, kMean, 1, inputs), read_matrix(file, kDeviation, 1, inputs)};
    const auto deviations = set.standardisation.standard_deviation.values();
    if (std::ranges::any_of(deviations, [](float value) { return value <= 0.0F; })) {
        throw Error(file.path(), fmt::format("needs standard deviations above 0 in {}", kDeviation),
                    "one is not");
    }
    return set;
}

}  // namespace melvit
