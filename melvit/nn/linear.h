#pragma once

#include "melvit/nn/engine.h"
#include "melvit/nn/tokens.h"

#include <cstddef>
#include <memory>

namespace melvit::nn {

/// y = after(x W^T + b) for a fixed number of rows; immutable, shared by threads.
class Linear {
public:
    /// weights  copied into the engine's layout
    /// rows     of x and y; a row's result does not depend on the others
    Linear(const LinearWeights& weights, std::size_t rows, After after = After::nothing);

    std::size_t rows() const { return rows_; }
    std::size_t inputs() const { return inputs_; }
    std::size_t outputs() const { return outputs_; }

    /// x        [at least rows() x inputs]: the first rows() are taken
    /// returns  [rows x outputs]
    Tokens operator()(const Tokens& x) const;

    /// The same into the first rows() rows of y; the way to run a layer with After::add.
    void into(const Rows& y, const Tokens& x) const;

private:
    std::size_t rows_;
    std::size_t inputs_;
    std::size_t outputs_;
    std::unique_ptr<const LinearEngine> engine_;
};

/// Some rows or columns of a matrix.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// Copies, from which a layer for some of the outputs or inputs is made.
Matrix rows_of(const Matrix& matrix, const Range& range);
Matrix columns_of(const Matrix& matrix, const Range& range);

/// The product of a layer with After::add, not computed yet: `x += addend` sums straight into x.
struct Addend {
    const Linear& layer;
    Tokens input;
};

/// x  [at least layer.rows() x layer.outputs()]; the first rows change
inline void operator+=(Rows x, const Addend& addend) {
    addend.layer.into(x, addend.input);
}

}  // namespace melvit::nn
