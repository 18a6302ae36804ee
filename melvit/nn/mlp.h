#pragma once

#include "melvit/nn/linear.h"

#include <span>
#include <utility>
#include <vector>

namespace melvit::nn {

/// Two linear layers with a GELU between them. The hidden units are computed part by part, so that they stay
/// in the cache between the layers, and the parts are dealt out to groups, which threads that are free
/// compute side by side; more threads than groups share the units of each. What is summed in which order does
/// not depend on the threads.
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

    /// Adds groups, of as many parts each, to their sums, part after part; threads that are free share the
    /// outputs of a part.
    static void add(std::span<const Group> groups, const OperandRows& input, std::span<const Rows> sums);

    std::vector<Group> groups_;
};

}  // namespace melvit::nn
