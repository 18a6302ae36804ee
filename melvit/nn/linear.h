#pragma once

#include "melvit/nn/engine.h"
#include "melvit/nn/tokens.h"

#include <cstddef>
#include <memory>
#include <span>

namespace melvit::nn {

/// y = after(x W^T + b); immutable, shared by threads. A row's result does not depend on what is in the
/// others; with another number of rows its last bits may differ.
class Linear {
public:
    /// weights  copied into the engine's layout
    Linear(const LinearWeights& weights, Precision precision, After after = After::nothing);

    std::size_t outputs() const { return outputs_; }
    Precision precision() const { return precision_; }

    /// How many blocks of neighbouring outputs can be made each by itself, with the bits of all at once.
    std::size_t blocks() const { return engine_->blocks(); }

    /// x        [any x inputs], of this precision
    /// returns  [as many x outputs]
    Tokens operator()(const OperandRows& x) const;

    /// The same for the first rows of x, as many as y has; the way to run a layer with After::add.
    void into(const Rows& y, const OperandRows& x) const { into(y, x, {0, blocks()}); }

    /// The same for some blocks; outputs of the others stay as they are.
    void into(const Rows& y, const OperandRows& x, const Range& blocks) const;

private:
    std::size_t inputs_;
    std::size_t outputs_;
    Precision precision_;
    std::unique_ptr<const LinearEngine> engine_;
};

/// A layer that is to be run: layer.into(y, x).
struct LinearCall {
    const Linear& layer;
    Rows y;
    OperandRows x;
};

/// Runs layers side by side on the threads that are free; where these are more than the layers, blocks of
/// outputs are dealt out.
void run_side_by_side(std::span<const LinearCall> calls);

/// Copies of some rows or columns of a matrix, from which a layer for some of the outputs or inputs is made.
Matrix rows_of(ConstMatrixView matrix, const Range& range);
Matrix columns_of(ConstMatrixView matrix, const Range& range);

}  // namespace melvit::nn
