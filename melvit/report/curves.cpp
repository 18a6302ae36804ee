#include "melvit/report/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace melvit {

double value_of(const EpochMetrics& epoch, const CurveKind& kind) {
    const bool training = kind.subset == Subset::training;
    if (kind.measure == Measure::loss) return training ? epoch.train_loss : epoch.validation_loss;
    return 100.0 * (1.0 - (training ? epoch.train_accuracy : epoch.validation_accuracy));
}

std::vector<double> curve_of(std::span<const TrialRecord* const> trials, const CurveKind& kind, int epochs) {
    std::vector<double> curve(static_cast<std::size_t>(epochs), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t epoch = 0; epoch < curve.size(); ++epoch) {
        double sum = 0;
        double least = std::numeric_limits<double>::infinity();
        double count = 0;
        for (const TrialRecord* trial : trials) {
            if (epoch >= trial->history.size()) continue;
            const double value = value_of(trial->history[epoch], kind);
            if (!std::isfinite(value)) continue;
            sum += value;
            least = std::min(least, value);
            count += 1;
        }
        if (count > 0) curve[epoch] = kind.summary == Summary::mean ? sum / count : least;
    }
    return curve;
}

bool differ(double low, double high) {
    return high - low > 1e-9 * std::max(std::abs(low), std::abs(high));
}

std::pair<double, double> range_of(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty()) return {0, 1};
    const auto [low, high] = std::ranges::minmax(values);
    const double room = differ(low, high) ? 0.04 * (high - low) : std::max(0.5, 0.05 * std::abs(low));
    return {low >= 0 ? std::max(0.0, low - room) : low - room, high + room};
}

}  // namespace melvit
