#include "melvit/nn/mlp.h"

#include <algorithm>

namespace melvit::nn {
namespace {

/// Hidden units computed at once. For 197 rows they are 150 KB; on a core with 1 MB of its own cache, 192 made a
/// ViT-B's MLP 19 % faster than all 3072 at once, 768 made it 14 % faster.
constexpr std::size_t kPart = 192;

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, std::size_t rows) {
    const std::size_t hidden = fc1.weight.rows();
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t begin = 0; begin < hidden; begin += kPart) {
        const Range units{begin, std::min(begin + kPart, hidden)};
        fc1_.emplace_back(LinearWeights{rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, rows,
                          After::gelu);
        fc2_.emplace_back(LinearWeights{columns_of(fc2.weight, units), begin == 0 ? fc2.bias : no_bias}, rows,
                          After::add);
    }
}

void operator+=(Rows x, const Mlp::Sum& sum) {
    const Mlp& mlp = sum.mlp;
    for (std::size_t part = 0; part < mlp.fc1_.size(); ++part) {
        x += Addend{mlp.fc2_[part], mlp.fc1_[part](sum.input)};
    }
}

}  // namespace melvit::nn
