#include "melvit/core/statistics.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>

namespace melvit {
namespace {

/// Coefficient of step n of the continued fraction.
double beta_term(int n, double x, double a, double b) {
    const int half = n / 2;
    const double m = half;
    if (n % 2 == 0) return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
}

/// 1 / (1 + d1 / (1 + d2 / ...)) by Lentz's method.
double beta_fraction(double x, double a, double b) {
    constexpr double kTiny = 1e-300;
    constexpr int kMostSteps = 2000;  // about the square root of the larger parameter is needed
    const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
    double numerator = 1;
    double denominator = 0;
    double fraction = 1;
    for (int n = 1; n <= kMostSteps; ++n) {
        const double term = beta_term(n, x, a, b);
        denominator = 1 / away_from_zero(1 + term * denominator);
        numerator = away_from_zero(1 + term / numerator);
        const double factor = numerator * denominator;
        fraction *= factor;
        if (std::abs(factor - 1) < std::numeric_limits<double>::epsilon()) break;
    }
    return 1 / fraction;
}

/// log of the gamma function, as std::lgamma; that one writes a global variable of the C library.
double log_gamma(double x) {
    int sign = 0;
    return ::lgamma_r(x, &sign);
}

/// Where a rising function reaches `target`, by bisection: it needs no slope and no table of coefficients, and
/// few values are asked for.
template <class Function>
double inverse(const Function& rising, double target, double low, double high) {
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (rising(middle) < target ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

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

double incomplete_beta(double x, double a, double b) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double log_front =
        log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log1p(-x);
    const double front = std::exp(log_front);
    // The fraction converges fast below the mean; above it the distribution is turned around.
    if (x <= (a + 1) / (a + b + 2)) return front / a * beta_fraction(x, a, b);
    return 1 - front / b * beta_fraction(1 - x, b, a);
}

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_quantile(double p) {
    // From the lower half, where small probabilities are exact.
    if (p > 0.5) return -normal_quantile(1 - p);
    return inverse(normal_cdf, p, -40, 0);
}

double beta_quantile(double p, double a, double b) {
    return inverse([&](double x) { return incomplete_beta(x, a, b); }, p, 0, 1);
}

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
    double high = 1.0;
    while (student_t_cdf(high, freedom) < p) high *= 2.0;
    return inverse([&](double t) { return student_t_cdf(t, freedom); }, p, 0, high);
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
