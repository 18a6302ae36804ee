#include "melvit/nn/linear.h"

#include <algorithm>
#include <cassert>

namespace melvit::nn {

Linear::Linear(const LinearWeights& weights, std::size_t rows, After after)
    : rows_(rows),
      inputs_(weights.weight.columns()),
      outputs_(weights.weight.rows()),
      engine_(make_onednn_engine(weights, rows, after)) {
    assert(weights.bias.size() == outputs_);
}

Tokens Linear::operator()(const Tokens& x) const {
    Tokens y(x.workspace(), rows_, outputs_);
    into(y, x);
    return y;
}

void Linear::into(const Rows& y, const Tokens& x) const {
    assert(x.rows() >= rows_ && x.columns() == inputs_);
    assert(y.rows >= rows_ && y.columns == outputs_);
    Tokens scratch(x.workspace(), 1, engine_->scratch_floats());
    engine_->run(x.data(), y.data, scratch.data());
}

Matrix rows_of(const Matrix& matrix, const Range& range) {
    Matrix part(range.end - range.begin, matrix.columns());
    std::copy_n(matrix.data() + range.begin * matrix.columns(), part.size(), part.data());
    return part;
}

Matrix columns_of(const Matrix& matrix, const Range& range) {
    Matrix part(matrix.rows(), range.end - range.begin);
    for (std::size_t row = 0; row < part.rows(); ++row) {
        std::ranges::copy(matrix.row(row).subspan(range.begin, part.columns()), part.row(row).data());
    }
    return part;
}

}  // namespace melvit::nn
