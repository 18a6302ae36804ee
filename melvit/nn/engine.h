#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <memory>

namespace melvit::nn {

/// A linear layer's parameters, owned by someone else.
struct LinearWeights {
    const Matrix& weight;  ///< [outputs x inputs]
    const Matrix& bias;    ///< [1 x outputs]
};

/// What becomes of a product's sums.
enum class After {
    nothing,
    gelu,  ///< x (1 + erf(x / sqrt 2)) / 2
    add    ///< they are added to what the result holds
};

/// A linear layer made ready for a fixed number of rows: the seam, private to nn/, behind which precisions and
/// libraries stand. fp32 by oneDNN is the one there is; another is another source file.
class LinearEngine {
public:
    virtual ~LinearEngine() = default;

    /// Floats of scratch memory that `run` needs.
    virtual std::size_t scratch_floats() const = 0;

    /// y = x weight^T + bias, and what comes after; several threads may call it at once.
    ///
    /// x        [rows x inputs]
    /// y        [rows x outputs]
    /// scratch  at least scratch_floats(), of the calling thread
    virtual void run(const float* x, float* y, float* scratch) const = 0;
};

std::unique_ptr<const LinearEngine> make_onednn_engine(const LinearWeights& weights, std::size_t rows,
                                                       After after);

}  // namespace melvit::nn
