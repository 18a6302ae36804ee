#include "melvit/head/loss.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace melvit {

BatchLoss cross_entropy(const Matrix& logits, std::span<const std::size_t> labels, double smoothing,
                        Matrix& gradient) {
    assert(labels.size() <= logits.rows() && labels.size() <= gradient.rows());
    const auto rows = static_cast<double>(labels.size());
    const double everywhere = smoothing / static_cast<double>(logits.columns());
    BatchLoss result;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const auto logit = logits.row(row);
        const auto slope = gradient.row(row);
        const auto largest = std::max_element(logit.begin(), logit.end());
        double sum = 0.0;
        for (const float value : logit) sum += std::exp(static_cast<double>(value) - *largest);
        const double log_sum = *largest + std::log(sum);
        for (std::size_t genre = 0; genre < logit.size(); ++genre) {
            const double log_probability = logit[genre] - log_sum;
            const double target = everywhere + (genre == labels[row] ? 1.0 - smoothing : 0.0);
            result.loss -= target * log_probability;
            slope[genre] = static_cast<float>((std::exp(log_probability) - target) / rows);
        }
        result.correct += static_cast<std::size_t>(largest - logit.begin()) == labels[row] ? 1 : 0;
    }
    result.loss /= rows;
    return result;
}

}  // namespace melvit
