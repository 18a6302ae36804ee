#include "melvit/vit/vit_weights.h"

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/core/safetensors.h"
#include "melvit/vit/weight_slots.h"

namespace melvit {
namespace {

/// The number below which a standard normal lies with this probability, for 0.025 to 0.975. Ten times faster
/// than drawing normals by Box and Muller, which counts for the 86 million of a ViT-B.
///
/// source  Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution function", the
///         central region; relative error below 1.15e-9
double normal_quantile(double probability) {
    const double q = probability - 0.5;
    const double r = q * q;
    const double above =
        ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
          1.383577518672690e+02) *
             r -
         3.066479806614716e+01) *
            r +
        2.506628277459239e+00;
    const double below =
        ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
          6.680131188771972e+01) *
             r -
         1.328068155288572e+01) *
            r +
        1.0;
    return q * above / below;
}

/// Normal of mean 0 and deviation 1, without the 5 % beyond 1.96 deviations.
float truncated_normal(Random& random) {
    return static_cast<float>(normal_quantile(0.025 + 0.95 * static_cast<double>(random.uniform())));
}

bool is_norm(VitModule module) {
    return module == VitModule::norm1 || module == VitModule::norm2 || module == VitModule::norm;
}

}  // namespace

// D = width, M = mlp_width
std::vector<std::size_t> checkpoint_shape(const VitConfig& config, const WeightSlot& slot) {
    const auto D = static_cast<std::size_t>(config.width);
    const auto M = static_cast<std::size_t>(config.mlp_width);
    constexpr std::size_t kPatch = VitConfig::kPatch;
    const auto linear = [&](std::size_t outputs, std::size_t inputs) {
        return slot.is_bias ? std::vector{outputs} : std::vector{outputs, inputs};
    };
    switch (slot.module) {
        case VitModule::patch:
            return slot.is_bias ? std::vector{D} : std::vector{D, std::size_t{3}, kPatch, kPatch};
        case VitModule::class_token:
            return {1, 1, D};
        case VitModule::positions:
            return {1, VitConfig::kTokens, D};
        case VitModule::qkv:
            return linear(3 * D, D);
        case VitModule::proj:
            return linear(D, D);
        case VitModule::fc1:
            return linear(M, D);
        case VitModule::fc2:
            return linear(D, M);
        default:
            return {D};  // the norms
    }
}

VitWeights zero_vit_weights(const VitConfig& config) {
    VitWeights weights;
    weights.config = config;
    weights.blocks.resize(static_cast<std::size_t>(config.depth));
    for_each_weight(weights, [&](const WeightSlot& slot, Matrix& matrix) {
        const std::vector<std::size_t> shape = checkpoint_shape(config, slot);
        // A patch is one row; every other matrix has its last dimension as columns.
        const std::size_t columns = shape.size() == 4 ? shape[1] * shape[2] * shape[3] : shape.back();
        matrix = Matrix(checked_product(shape).value() / columns, columns);
    });
    return weights;
}

VitWeights random_vit_weights(const VitConfig& config, std::uint64_t seed) {
    constexpr float kDeviation = 0.02F;
    VitWeights weights = zero_vit_weights(config);
    std::uint64_t first_row = 0;
    for_each_weight(weights, [&](const WeightSlot& slot, Matrix& matrix) {
        if (slot.is_bias) return;
        if (is_norm(slot.module)) {
            for (float& value : matrix.values()) value = 1.0F;
            return;
        }
        parallel_for(matrix.rows(), [&](std::size_t row) {
            Random random(seed, first_row + row);
            for (float& value : matrix.row(row)) value = kDeviation * truncated_normal(random);
        });
        first_row += matrix.rows();
    });
    return weights;
}

}  // namespace melvit
