#include "melvit/nn/residual_linear.h"

#include "melvit/core/rounding.h"

#include <algorithm>
#include <cassert>

namespace melvit::nn {
namespace {

/// Outputs of a group: wide enough for a product, few enough to deal out.
constexpr std::size_t kGroupOutputs = 192;
/// So that at least two threads have something to do, also where an engine has one block.
constexpr std::size_t kLeastResidualGroups = 2;

}  // namespace

ResidualLinear::ResidualLinear(const LinearWeights& weights, Precision precision) {
    const std::size_t outputs = weights.weight.rows();
    const std::size_t least = std::min(kLeastResidualGroups, outputs);
    const std::size_t count = std::max(divided_up(outputs, kGroupOutputs), least);
    for (std::size_t number = 0; number < count; ++number) {
        const Range some = equal_part(outputs, number, count);
        groups_.push_back({some.begin, Linear({rows_of(weights.weight, some), columns_of(weights.bias, some)},
                                              precision, After::add)});
    }
}

void operator+=(const Rows& x, const ResidualLinear::Sum& sum) {
    const std::vector<ResidualLinear::Group>& groups = sum.layer.groups_;
    assert(x.columns == groups.back().first_output + groups.back().layer.outputs());
    std::vector<LinearCall> calls;
    calls.reserve(groups.size());
    for (const auto& [first_output, layer] : groups)
        calls.push_back(
            {layer, x.columns_from({first_output, first_output + layer.outputs()}), sum.input.all()});
    run_side_by_side(calls);
}

}  // namespace melvit::nn
