#include "melvit/core/incomplete_beta.h"

#include <cmath>
#include <limits>

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

}  // namespace melvit
