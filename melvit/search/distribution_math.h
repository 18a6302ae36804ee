#pragma once

namespace melvit {

/// Share of the standard normal distribution below z.
double normal_share(double z);

/// Its inverse. u in (0, 1)
double normal_quantile(double u);

/// The value of the beta distribution below which the share u lies: the inverse of incomplete_beta.
/// u in (0, 1)
double beta_quantile(double u, double a, double b);

}  // namespace melvit
