#include "melvit/training/statistics.h"

#include "melvit/core/error.h"
#include "melvit/core/incomplete_beta.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <numeric>

namespace melvit {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// The probability that |t| is larger.
double two_sided_p(double t, double freedom) {
    if (std::isinf(t)) return 0.0;
    return incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5);
}

/// The probability that n tosses of a coin show at most k heads, k < n.
///
/// source  DLMF 8.17.5
double coin_cdf(std::size_t k, std::size_t n) {
    return incomplete_beta(0.5, static_cast<double>(n - k), static_cast<double>(k + 1));
}

}  // namespace

Estimate estimate_of(std::span<const double> values, double overlap) {
    assert(overlap >= 0.0);
    if (values.empty()) throw Error("mean", "needs at least one value", "there is none");
    const auto count = static_cast<double>(values.size());
    Estimate estimate;
    estimate.count = values.size();
    estimate.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    estimate.sd = kUnknown;
    estimate.interval95 = {kUnknown, kUnknown};
    if (values.size() == 1) return estimate;
    double squares = 0.0;
    for (const double value : values) squares += (value - estimate.mean) * (value - estimate.mean);
    estimate.sd = std::sqrt(squares / (count - 1.0));
    const double error = estimate.sd * std::sqrt(1.0 / count + overlap);
    const double reach = student_t_quantile(0.975, count - 1.0) * error;
    estimate.interval95 = {estimate.mean - reach, estimate.mean + reach};
    return estimate;
}

double student_t_cdf(double t, double freedom) {
    assert(freedom >= 1.0);
    const double tail = two_sided_p(t, freedom) / 2.0;
    return t < 0.0 ? tail : 1.0 - tail;
}

double student_t_quantile(double p, double freedom) {
    assert(p > 0.0 && p < 1.0);
    if (p < 0.5) return -student_t_quantile(1.0 - p, freedom);
    double low = 0.0;
    double high = 1.0;
    while (student_t_cdf(high, freedom) < p) high *= 2.0;
    for (int step = 0; step < 200; ++step) {  // bisection: down to neighbouring numbers
        const double middle = low + (high - low) / 2.0;
        if (middle == low || middle == high) break;
        (student_t_cdf(middle, freedom) < p ? low : high) = middle;
    }
    return high;
}

PairedTest paired_t_test(std::span<const double> first, std::span<const double> second, double overlap) {
    assert(first.size() == second.size() && overlap >= 0.0);
    if (first.size() < 2) {
        throw Error("paired test", "needs at least two pairs", fmt::format("there is {}", first.size()));
    }
    std::vector<double> differences(first.size());
    std::ranges::transform(second, first, differences.begin(), std::minus<>());
    const Estimate estimate = estimate_of(differences, overlap);
    const auto pairs = static_cast<double>(first.size());
    const double error = estimate.sd * std::sqrt(1.0 / pairs + overlap);
    PairedTest test;
    test.pairs = first.size();
    test.mean_difference = estimate.mean;
    test.interval95 = estimate.interval95;
    // Equal differences come out of the subtraction with rounding in their last bits.
    const bool constant = error <= 1e-12 * std::abs(estimate.mean);
    test.t = estimate.mean == 0.0 ? 0.0
             : constant           ? std::copysign(std::numeric_limits<double>::infinity(), estimate.mean)
                                  : estimate.mean / error;
    test.p = two_sided_p(test.t, pairs - 1.0);
    return test;
}

McNemarTest mcnemar_test(const std::vector<bool>& first, const std::vector<bool>& second) {
    assert(first.size() == second.size());
    McNemarTest test;
    for (std::size_t i = 0; i < first.size(); ++i) {
        ++(first[i] ? (second[i] ? test.both_right : test.only_first)
                    : (second[i] ? test.only_second : test.both_wrong));
    }
    const std::size_t differing = test.only_first + test.only_second;
    if (differing == 0) return test;
    test.p = std::min(1.0, 2.0 * coin_cdf(std::min(test.only_first, test.only_second), differing));
    return test;
}

}  // namespace melvit
