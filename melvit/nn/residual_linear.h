#pragma once

#include "melvit/nn/linear.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace melvit::nn {

/// A linear layer whose outputs are added to what is there. Its outputs are dealt out to groups, which
/// threads that are free compute side by side (run_side_by_side), each for all rows: oneDNN's products of
/// other numbers of rows may sum in another order.
class ResidualLinear {
public:
    /// What `x += layer(y)` adds to each row; computed while it is added.
    struct Sum {
        const ResidualLinear& layer;
        Operand input;
    };

    /// weights  copied into the engine's layout
    ResidualLinear(const LinearWeights& weights, Precision precision);

    Precision precision() const { return groups_.front().layer.precision(); }
    bool shares_blocks() const { return groups_.front().layer.blocks() > 1; }

    /// x  [any x inputs], of this precision
    Sum operator()(Operand x) const { return {*this, std::move(x)}; }

    /// x  [as many rows as the input or fewer x outputs]
    friend void operator+=(const Rows& x, const Sum& sum);

private:
    /// Some of the outputs, next to each other.
    struct Group {
        std::size_t first_output;
        Linear layer;
    };

    std::vector<Group> groups_;
};

}  // namespace melvit::nn
