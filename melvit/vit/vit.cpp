#include "melvit/vit/vit.h"

#include "melvit/core/error.h"
#include "melvit/vit/position_table.h"
#include "melvit/vit/vit_parameters.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <fmt/format.h>

// T = tokens (197 in ViT-B/16), P = patches (196), D = width (768)

namespace melvit {
namespace {

/// The parameters, once they are known to be those of the config.
const ParameterSet& checked(const VitConfig& config, const ParameterSet& parameters) {
    check(config);
    const std::shared_ptr<const ParameterTable> needed = vit_parameters(config);
    if (parameters.table() == *needed) return parameters;
    for (const ParameterSpec& spec : needed->specs()) {
        const bool has = parameters.table().has(spec.name);
        if (has && parameters.table().at(spec.name).shape == spec.shape) continue;
        throw Error("body", fmt::format("needs {} of {} numbers, by its size", spec.name, spec.size()),
                    has ? fmt::format("it has {} in another shape", parameters.table().at(spec.name).size())
                        : "it has none");
    }
    throw Error("body", fmt::format("needs {} parameters, by its size", needed->specs().size()),
                fmt::format("it has {}", parameters.table().specs().size()));
}

/// returns  [T x D]; those of prefix tokens are zeros but in a joint table
Matrix positions_of(const VitConfig& config, const ParameterSet& parameters) {
    const auto D = static_cast<std::size_t>(config.width);
    const auto first = static_cast<std::size_t>(config.prefix_tokens);
    if (config.positions == PositionKind::joint) return Matrix(parameters["pos_embed"]);
    const PatchGrid grid = config.grid();
    Matrix positions(config.tokens(), D);
    if (config.positions == PositionKind::sincos) {
        const Matrix patches = sincos_positions(grid, D);
        std::ranges::copy(patches.values(), positions.data() + first * D);
        return positions;
    }
    const ConstMatrixView rows = parameters["freq_pos_embed"];
    const ConstMatrixView columns = parameters["time_pos_embed"];
    for (std::size_t patch = 0; patch < grid.size(); ++patch) {
        for (std::size_t i = 0; i < D; ++i)
            positions(first + patch, i) = rows(patch / grid.columns, i) + columns(patch % grid.columns, i);
    }
    return positions;
}

Matrix prefix_tokens_and_positions(const VitConfig& config, const ParameterSet& parameters) {
    constexpr std::array<const char*, 2> kTokenNames{"cls_token", "dist_token"};
    Matrix start = positions_of(config, parameters);  // [T x D]
    for (std::size_t token = 0; token < static_cast<std::size_t>(config.prefix_tokens); ++token) {
        const ConstMatrixView values = parameters[kTokenNames[token]];
        for (std::size_t i = 0; i < start.columns(); ++i) start(token, i) += values(0, i);
    }
    return start;
}

Matrix input_affine_of(const VitConfig& config, const ParameterSet& parameters) {
    if (!config.input_affine) return {};
    Matrix affine(2, static_cast<std::size_t>(config.input.rows));
    std::ranges::copy(parameters["input_affine.weight"].values(), affine.row(0).begin());
    std::ranges::copy(parameters["input_affine.bias"].values(), affine.row(1).begin());
    return affine;
}

/// The parameters of one module, by its name.
struct Module {
    ConstMatrixView weight, bias;

    operator nn::LinearWeights() const { return {weight, bias}; }
};

Module module_of(const ParameterSet& parameters, const std::string& name) {
    return {parameters[name + ".weight"], parameters[name + ".bias"]};
}

Module module_of(const ParameterSet& parameters, int block, std::string_view name) {
    return module_of(parameters, block_parameter(block, name));
}

nn::LayerNorm norm_of(const Module& norm, const VitConfig& config, Precision precision) {
    return {norm.weight, norm.bias, config.norm_epsilon, precision};
}

}  // namespace

VitBlock::VitBlock(const VitConfig& config, const ParameterSet& parameters, int number, std::size_t rows,
                   Precision precision)
    : rows_(rows),
      norm1_(norm_of(module_of(parameters, number, "norm1"), config, precision)),
      attention_({module_of(parameters, number, "attn.qkv"), module_of(parameters, number, "attn.proj")},
                 static_cast<std::size_t>(config.heads), precision),
      norm2_(norm_of(module_of(parameters, number, "norm2"), config, precision)),
      mlp_(module_of(parameters, number, "mlp.fc1"), module_of(parameters, number, "mlp.fc2"), precision) {}

void VitBlock::operator()(nn::Tokens& x) const {
    const nn::ResidualLinear::Sum attended = attention_(norm1_(x), rows_);
    x.keep(rows_);
    x += attended;
    x += mlp_(norm2_(x));
}

Vit::Vit(const VitConfig& config, const ParameterSet& parameters, const VitExtent& extent,
         Precision precision)
    : config_(config),
      patch_embedding_(module_of(checked(config, parameters), "patch_embed.proj"), precision),
      start_(prefix_tokens_and_positions(config, parameters)),
      input_affine_(input_affine_of(config, parameters)),
      norm_(norm_of(module_of(parameters, "norm"), config, Precision::fp32)) {
    assert(extent.blocks >= 1 && extent.blocks <= config.depth);
    blocks_.reserve(static_cast<std::size_t>(extent.blocks));
    for (int number = 0; number < extent.blocks; ++number) {
        const bool narrows = extent.prefix_tokens_only && number + 1 == extent.blocks;
        const std::size_t rows = narrows ? static_cast<std::size_t>(config.prefix_tokens) : config.tokens();
        blocks_.emplace_back(config, parameters, number, rows, precision);
    }
}

/// The patches of an image, row by row: each channel after channel, row after row, as a convolution's weights
/// lie.
nn::Tokens Vit::unfold(const Image& image) const {
    const auto size = [](int side) { return static_cast<std::size_t>(side); };
    const std::size_t rows = size(config_.input.rows);
    const std::size_t columns = size(config_.input.columns);
    const PatchGrid grid = config_.grid();
    nn::Tokens patches(grid.size(), config_.patch_size());  // [P x 768]
    float* to = patches.data();
    for (std::size_t patch = 0; patch < grid.size(); ++patch) {
        const std::size_t top = patch / grid.columns * size(config_.stride_rows);
        const std::size_t left = patch % grid.columns * size(config_.stride_columns);
        for (std::size_t channel = 0; channel < size(config_.input.channels); ++channel) {
            for (std::size_t row = top; row < top + size(config_.patch_rows); ++row) {
                const float* from = image.values.data() + (channel * rows + row) * columns + left;
                float* const end = std::copy_n(from, config_.patch_columns, to);
                if (!input_affine_.empty()) {
                    for (float* value = to; value != end; ++value)
                        *value = *value * input_affine_(0, row) + input_affine_(1, row);
                }
                to = end;
            }
        }
    }
    return patches;
}

void Vit::operator()(const Image& image, const AfterBlock& after_block) const {
    assert(image.shape == config_.input && image.values.size() == config_.input.size());
    nn::Tokens x(start_.rows(), start_.columns());  // [T x D]
    std::ranges::copy(start_.values(), x.data());
    x.slice({static_cast<std::size_t>(config_.prefix_tokens), x.rows()}) +=
        patch_embedding_({unfold(image), patch_embedding_.precision()});
    int number = 0;
    for (const VitBlock& block : blocks_) {
        block(x);
        after_block(++number, x);
    }
}

}  // namespace melvit
