#pragma once

#include "melvit/nn/linear.h"

#include <utility>
#include <vector>

namespace melvit::nn {

/// Two linear layers with a GELU between them. The hidden units are computed part by part, for some rows at a
/// time, so that they stay in the cache between the layers. The parts belong to a few groups, each with a sum of
/// its own; the sums are added up at the end. A thread that is free takes a whole group and waits for nobody;
/// where threads are more than groups, they share the outputs of each product.
class Mlp {
public:
    /// What `x += mlp(y)` adds to each row; computed while it is added.
    struct Sum {
        const Mlp& mlp;
        Operand input;
    };

    /// fc1  [M x D], [1 x M]
    /// fc2  [D x M], [1 x D]
    Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision);

    /// x  [any x D], of the layers' precision
    Sum operator()(Operand x) const { return {*this, std::move(x)}; }

    friend void operator+=(const Rows& x, const Sum& sum);

private:
    /// All inputs to some hidden units, and these to all outputs.
    struct Part {
        Linear fc1, fc2;
    };

    using Group = std::vector<Part>;

    static void add(const Group& group, const OperandRows& input, const Rows& sum);

    std::vector<Group> groups_;
};

}  // namespace melvit::nn
