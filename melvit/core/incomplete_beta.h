#pragma once

namespace melvit {

/// The regularised incomplete beta function I_x(a, b): the share of the beta distribution below x.
///
/// x       what lies outside of [0, 1] counts as its nearer end
/// a, b    in [0.01, 10 000]
/// source  continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions
double incomplete_beta(double x, double a, double b);

}  // namespace melvit
