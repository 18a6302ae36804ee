#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <span>

namespace melvit {

/// What a mini-batch lost.
struct BatchLoss {
    double loss = 0;          ///< mean over the rows
    std::size_t correct = 0;  ///< rows whose largest logit is their label's
};

/// Softmax and cross-entropy, and their gradient.
///
/// logits    [at least N x genres]
/// labels    [N], each below the number of genres
/// smoothing share of the target spread evenly over all genres, [0, 1)
/// gradient  out, [at least N x genres]: d loss / d logits
/// source    torch.nn.CrossEntropyLoss(label_smoothing=smoothing), the mean over the rows
BatchLoss cross_entropy(const Matrix& logits, std::span<const std::size_t> labels, double smoothing,
                        Matrix& gradient);

}  // namespace melvit
