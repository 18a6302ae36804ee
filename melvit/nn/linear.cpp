#include "melvit/nn/linear.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"

#include <algorithm>
#include <cassert>

namespace melvit::nn {

Linear::Linear(const LinearWeights& weights, Precision precision, After after)
    : inputs_(weights.weight.columns()),
      outputs_(weights.weight.rows()),
      precision_(precision),
      engine_(make_engine(weights, after, precision)) {
    assert(weights.bias.size() == outputs_);
}

Tokens Linear::operator()(const OperandRows& x) const {
    Tokens y(x.rows, outputs_);
    into(y, x);
    return y;
}

void Linear::into(const Rows& y, const OperandRows& x, const Range& blocks) const {
    assert(x.rows >= y.rows && x.columns == inputs_ && y.columns == outputs_);
    if (y.rows > 0) engine_->run(x, y, blocks);
}

void run_side_by_side(std::span<const LinearCall> calls) {
    // As many layers as threads keep them busy; of fewer, pieces for two rounds, so that none waits long for
    // the last. An engine of one block is one piece.
    const std::size_t threads = free_threads();
    const std::size_t pieces = threads > calls.size() ? divided_up(2 * threads, calls.size()) : 1;
    parallel_for(calls.size() * pieces, [&](std::size_t task) {
        const auto& [layer, y, x] = calls[task / pieces];
        const Range blocks = equal_part(layer.blocks(), task % pieces, pieces);
        if (blocks.size() > 0) layer.into(y, x, blocks);
    });
}

Matrix rows_of(ConstMatrixView matrix, const Range& range) {
    Matrix part(range.size(), matrix.columns());
    std::copy_n(matrix.data() + range.begin * matrix.columns(), part.size(), part.data());
    return part;
}

Matrix columns_of(ConstMatrixView matrix, const Range& range) {
    Matrix part(matrix.rows(), range.size());
    for (std::size_t row = 0; row < part.rows(); ++row) {
        std::ranges::copy(matrix.row(row).subspan(range.begin, part.columns()), part.row(row).data());
    }
    return part;
}

}  // namespace melvit::nn
