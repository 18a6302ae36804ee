#pragma once

namespace melvit {

/// Share of the standard normal distribution below z.
double normal_share(double z);

/// Its inverse. u in (0, 1)
double normal_quantile(double u);

/// Share of the beta distribution below x: the regularised incomplete beta function I_x(a, b).
///
/// x       in [0, 1]
/// a, b    in [0.01, 10 000]
/// source  continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions
double beta_share(double x, double a, double b);

/// Its inverse. u in (0, 1)
double beta_quantile(double u, double a, double b);

}  // namespace melvit
