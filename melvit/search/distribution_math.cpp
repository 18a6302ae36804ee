#include "melvit/search/distribution_math.h"

#include "melvit/core/incomplete_beta.h"

#include <cmath>
#include <numbers>

namespace melvit {
namespace {

/// Where a rising function reaches `target`. Halving needs no slope and no table of coefficients; a sweep
/// asks for few values.
template <class Function>
double inverse(const Function& rising, double target, double low, double high) {
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high) break;
        (rising(middle) < target ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

}  // namespace

double normal_share(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_quantile(double u) {
    // From the lower half, where small shares are exact.
    if (u > 0.5) return -normal_quantile(1 - u);
    return inverse(normal_share, u, -40, 0);
}

double beta_quantile(double u, double a, double b) {
    return inverse([&](double x) { return incomplete_beta(x, a, b); }, u, 0, 1);
}

}  // namespace melvit
