#pragma once

#include "melvit/core/matrix.h"
#include "melvit/nn/operand.h"

#include <memory>

namespace melvit::nn {

/// A linear layer's parameters, owned by someone else.
struct LinearWeights {
    ConstMatrixView weight;  ///< [outputs x inputs]
    ConstMatrixView bias;    ///< [1 x outputs]
};

/// What becomes of a product's sums.
enum class After {
    nothing,
    gelu,  ///< x (1 + erf(x / sqrt 2)) / 2
    add    ///< they are added to what the result holds
};

/// A linear layer made ready: the seam, private to nn/, behind which precisions and libraries stand.
/// Immutable; several threads may run it at once, each product on the thread that asks for it.
class LinearEngine {
public:
    virtual ~LinearEngine() = default;

    /// How many blocks of neighbouring outputs can be made each by itself, with the bits of all at once.
    virtual std::size_t blocks() const = 0;

    /// y = x weight^T + bias, and what comes after, for the first y.rows rows of x and some blocks.
    ///
    /// x  [at least y.rows x inputs], of the engine's precision
    /// y  [any x outputs]; outputs of other blocks stay as they are
    /// blocks  some of 0 ... blocks() - 1
    virtual void run(const OperandRows& x, const Rows& y, const Range& blocks) const = 0;
};

/// The engine for a precision that is fastest on this processor; `weights` are copied into its layout.
std::unique_ptr<const LinearEngine> make_engine(const LinearWeights& weights, After after,
                                                Precision precision);

/// Whether that engine has our own products, else oneDNN's; the same for layers of any size.
bool runs_own_products(Precision precision);

/// Our own products. Those of bf16 and of 8-bit codes need a processor and a build that have them.
///
/// returns  null where they do not exist
std::unique_ptr<const LinearEngine> make_panel_engine(const LinearWeights& weights, After after,
                                                      Precision precision);

/// oneDNN's products. Where the processor has none of bf16, both factors are rounded to bf16 and multiplied
/// in fp32, which holds their products exactly: the same numbers but for the order of the sums, at fp32's
/// speed. There are none of codes in 16 bits.
std::unique_ptr<const LinearEngine> make_onednn_engine(const LinearWeights& weights, After after,
                                                       Precision precision);

}  // namespace melvit::nn
