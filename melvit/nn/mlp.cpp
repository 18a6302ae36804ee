#include "melvit/nn/mlp.h"

#include <algorithm>

namespace melvit::nn {
namespace {

/// Hidden units computed at once. For 197 rows 192 of them are 150 KB; on a core with 1 MB of its own cache they made a
/// ViT-B's MLP 19 % faster than all 3072 at once, 768 made it 14 % faster. Shorter numbers: more units in the same memory.
constexpr std::size_t part_of(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return 384;
        case Precision::int8:
            return 768;
        default:
            return 192;
    }
}

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision) {
    const std::size_t hidden = fc1.weight.rows();
    const std::size_t part = part_of(precision);
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t begin = 0; begin < hidden; begin += part) {
        const Range units{begin, std::min(begin + part, hidden)};
        fc1_.emplace_back(LinearWeights{rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, precision,
                          After::gelu);
        fc2_.emplace_back(LinearWeights{columns_of(fc2.weight, units), begin == 0 ? fc2.bias : no_bias},
                          precision, After::add);
    }
}

void operator+=(const Rows& x, const Mlp::Sum& sum) {
    const Mlp& mlp = sum.mlp;
    for (std::size_t part = 0; part < mlp.fc1_.size(); ++part) {
        const Linear& fc2 = mlp.fc2_[part];
        x += Addend{fc2, Operand(mlp.fc1_[part](sum.input), fc2.precision())};
    }
}

}  // namespace melvit::nn
