#include "melvit/search/early_stopping.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace melvit {
namespace {

constexpr double kWorst = std::numeric_limits<double>::infinity();

double or_worst(double value) {
    return std::isnan(value) ? kWorst : value;
}

double best_of(std::span<const double> values) {
    double best = kWorst;
    for (const double value : values) best = std::min(best, or_worst(value));
    return best;
}

/// The last band that a trial of this many epochs has reached; nothing before the first.
std::optional<std::size_t> last_band(const EarlyTermination& rule, std::size_t epochs) {
    const auto reached = static_cast<double>(epochs);
    std::optional<std::size_t> last;
    if (rule.max_iter > 0) {
        double band = rule.max_iter;
        for (int k = 1; k <= rule.s && band / rule.eta >= 1; ++k) {
            band /= rule.eta;
            if (std::floor(band) <= reached) return static_cast<std::size_t>(band);
        }
        return last;
    }
    for (double band = rule.min_iter; std::floor(band) <= reached; band *= rule.eta) {
        last = static_cast<std::size_t>(band);
    }
    return last;
}

/// Worse than the best 1 / eta of all trials that have reached the band, itself among them.
///
/// source  successive halving of Li et al. 2018, "Hyperband", algorithm 1, as hyperband_stop_runs of W&B's
///         sweeps package applies it: only the trial at hand stops, the others are where they are
bool hyperband_stops(const EarlyTermination& rule, std::span<const double> values,
                     std::span<const std::vector<double>> others) {
    const std::optional<std::size_t> band = last_band(rule, values.size());
    if (!band || *band == 0) return false;
    std::vector<double> at_band = {or_worst(values[*band - 1])};
    for (const std::vector<double>& other : others) {
        if (other.size() >= *band) at_band.push_back(or_worst(other[*band - 1]));
    }
    std::sort(at_band.begin(), at_band.end());
    const auto kept = static_cast<std::size_t>(1.0 / rule.eta * static_cast<double>(at_band.size()));
    const double threshold = at_band[std::min(kept, at_band.size() - 1)];
    return (rule.strict ? or_worst(values[*band - 1]) : best_of(values)) > threshold;
}

/// Mean of the first `epochs` values, or of all when there are fewer.
double running_average(const std::vector<double>& values, std::size_t epochs) {
    const std::size_t count = std::min(values.size(), epochs);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += or_worst(values[i]);
    return sum / static_cast<double>(count);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    if (values.size() % 2 == 1) return values[middle];
    return 0.5 * (values[middle - 1] + values[middle]);
}

/// The best up to now is worse than the median of the others' running averages.
///
/// source  Golovin et al. 2017, "Google Vizier: a service for black-box optimization", section 3.2.2
bool median_stops(const EarlyTermination& rule, std::span<const double> values,
                  std::span<const std::vector<double>> others) {
    if (values.empty() || values.size() < static_cast<std::size_t>(rule.min_iter)) return false;
    std::vector<double> averages;
    for (const std::vector<double>& other : others) {
        if (!other.empty()) averages.push_back(running_average(other, values.size()));
    }
    return !averages.empty() && best_of(values) > median(averages);
}

}  // namespace

bool stops_early(const EarlyTermination& rule, int epochs, std::span<const double> values,
                 std::span<const std::vector<double>> others) {
    // After the last epoch there is nothing to save, and the trial counts as finished.
    if (values.empty() || std::cmp_greater_equal(values.size(), epochs)) return false;
    switch (rule.kind) {
        case EarlyTermination::Kind::none:
            return false;
        case EarlyTermination::Kind::hyperband:
            return hyperband_stops(rule, values, others);
        case EarlyTermination::Kind::median:
            return median_stops(rule, values, others);
    }
    return false;
}

}  // namespace melvit
