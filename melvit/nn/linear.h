#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/operand.h"
#include "melvit/nn/quantised_weights.h"
#include "melvit/nn/tokens.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace melvit::nn {

/// A linear layer's parameters, owned by someone else.
struct LinearWeights {
    ConstMatrixView weight;  ///< [outputs x inputs]
    ConstMatrixView bias;    ///< [1 x outputs]
};

/// What comes after a product.
enum class PostOp {
    none,
    gelu,  ///< x (1 + erf(x / sqrt 2)) / 2
    add    ///< it is added to what the result holds
};

/// y = post_op(x W^T + b), its weights packed once; immutable, shared by threads. A row's result depends on
/// nothing but the row: neither on the others, nor on their number, nor on the number of threads.
class Linear {
public:
    Linear(const LinearWeights& weights, Precision precision, PostOp post_op = PostOp::none);

    std::size_t outputs() const { return outputs_; }
    Precision precision() const { return precision_; }

    /// On the threads that are free.
    ///
    /// x        [any x inputs], of this precision
    /// returns  [as many x outputs]
    Tokens operator()(const OperandRows& x) const;

    /// The same for the first rows of x, as many as y has; the way to run a layer with PostOp::add.
    ///
    /// gelu_input  where to keep what GELU is taken of, laid out as y; null: nowhere
    void into(const Rows& y, const OperandRows& x, float* gelu_input = nullptr) const;

private:
    void multiply(const Rows& y, const OperandRows& x, const Range& panels, float* gelu_input) const;

    using Words = std::vector<kernels::Word, CacheLineAllocator<kernels::Word>>;

    std::size_t inputs_;
    std::size_t outputs_;
    Precision precision_;
    PostOp post_op_;
    ElementFormat format_;
    std::size_t words_;  ///< of an output's weights
    Words panels_;       ///< of kernels' pack_panels
    AlignedFloats bias_;
    QuantisedWeights quantised_;  ///< of int8: what the values stand for
};

/// A linear layer whose outputs are added to what is there.
class ResidualLinear {
public:
    /// What `x += layer(y)` adds to each row; computed while it is added.
    struct Sum {
        const ResidualLinear& layer;
        Operand input;
    };

    ResidualLinear(const LinearWeights& weights, Precision precision)
        : layer_(weights, precision, PostOp::add) {}

    Precision precision() const { return layer_.precision(); }

    /// x  [any x inputs], of this precision
    Sum operator()(Operand x) const { return {*this, std::move(x)}; }

    /// x  [as many rows as the input or fewer x outputs]
    friend void operator+=(const Rows& x, const Sum& sum) { sum.layer.layer_.into(x, sum.input); }

private:
    Linear layer_;
};

/// Copies of some rows or columns of a matrix, from which a layer for some of the outputs or inputs is made.
Matrix rows_of(ConstMatrixView matrix, const Range& range);
Matrix columns_of(ConstMatrixView matrix, const Range& range);

}  // namespace melvit::nn
