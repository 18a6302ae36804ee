#include "melvit/vit/vit_parameters.h"

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/core/statistics.h"

#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace melvit {
namespace {

/// A draw of the standard normal distribution, truncated to 95 % (within 1.96 standard deviations).
float truncated_normal(Random& random) {
    return static_cast<float>(
        approximate_normal_quantile(0.025 + 0.95 * static_cast<double>(random.uniform())));
}

/// Collects the specs of a table.
class Specs {
public:
    /// layer  of those that are added from here on
    explicit Specs(int layer) : layer_(layer) {}

    void add(std::string name, std::vector<std::size_t> shape, ParameterKind kind) {
        specs_.push_back({std::move(name), std::move(shape), kind, layer_});
    }
    void add_norm(const std::string& name, std::size_t width) {
        add(name + ".weight", {width}, ParameterKind::scale);
        add(name + ".bias", {width}, ParameterKind::bias);
    }
    /// shape  of the weight: the outputs first
    void add_linear(const std::string& name, std::vector<std::size_t> shape) {
        const std::size_t outputs = shape.front();
        add(name + ".weight", std::move(shape), ParameterKind::weight);
        add(name + ".bias", {outputs}, ParameterKind::bias);
    }
    void next_layer() { ++layer_; }

    std::vector<ParameterSpec> take() && { return std::move(specs_); }

private:
    int layer_;
    std::vector<ParameterSpec> specs_;
};

// D = width, M = mlp_width
void add_start(const VitConfig& config, Specs& specs) {
    const auto D = static_cast<std::size_t>(config.width);
    const auto size = [](int side) { return static_cast<std::size_t>(side); };
    if (config.input_affine) specs.add_norm("input_affine", size(config.input.rows));
    specs.add_linear("patch_embed.proj",
                     {D, size(config.input.channels), size(config.patch_rows), size(config.patch_columns)});
    constexpr std::array<const char*, 2> kTokenNames{"cls_token", "dist_token"};
    for (std::size_t token = 0; token < size(config.prefix_tokens); ++token)
        specs.add(kTokenNames[token], {1, 1, D}, ParameterKind::embedding);
    if (config.positions == PositionKind::joint)
        specs.add("pos_embed", {1, config.tokens(), D}, ParameterKind::embedding);
    if (config.positions == PositionKind::split) {
        specs.add("freq_pos_embed", {1, config.grid().rows, D}, ParameterKind::embedding);
        specs.add("time_pos_embed", {1, config.grid().columns, D}, ParameterKind::embedding);
    }
}

void add_block(const VitConfig& config, int block, Specs& specs) {
    const auto D = static_cast<std::size_t>(config.width);
    const auto M = static_cast<std::size_t>(config.mlp_width);
    specs.add_norm(block_parameter(block, "norm1"), D);
    specs.add_linear(block_parameter(block, "attn.qkv"), {3 * D, D});
    specs.add_linear(block_parameter(block, "attn.proj"), {D, D});
    specs.add_norm(block_parameter(block, "norm2"), D);
    specs.add_linear(block_parameter(block, "mlp.fc1"), {M, D});
    specs.add_linear(block_parameter(block, "mlp.fc2"), {D, M});
}

}  // namespace

std::string block_parameter(int block, std::string_view name) {
    return fmt::format("blocks.{}.{}", block, name);
}

std::shared_ptr<const ParameterTable> vit_parameters(const VitConfig& config) {
    Specs specs(0);
    add_start(config, specs);
    for (int block = 0; block < config.depth; ++block) {
        specs.next_layer();
        add_block(config, block, specs);
    }
    specs.next_layer();
    specs.add_norm("norm", static_cast<std::size_t>(config.width));
    return std::make_shared<const ParameterTable>(std::move(specs).take());
}

ParameterSet random_vit_parameters(const VitConfig& config, std::uint64_t seed) {
    constexpr float kDeviation = 0.02F;
    ParameterSet parameters(vit_parameters(config));
    std::uint64_t first_row = 0;
    for (const ParameterSpec& spec : parameters.table().specs()) {
        const MatrixView matrix = parameters.view(spec);
        if (spec.kind == ParameterKind::bias) continue;
        if (spec.kind == ParameterKind::scale) {
            for (float& value : matrix.values()) value = 1.0F;
            continue;
        }
        parallel_for(matrix.rows(), [&](std::size_t row) {
            Random random(seed, first_row + row);
            for (float& value : matrix.row(row)) value = kDeviation * truncated_normal(random);
        });
        first_row += matrix.rows();
    }
    return parameters;
}

}  // namespace melvit
