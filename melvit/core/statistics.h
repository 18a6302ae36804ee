#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace melvit {

/// The regularised incomplete beta function I_x(a, b): the cumulative distribution function of the beta
/// distribution.
///
/// x       what lies outside of [0, 1] counts as its nearer end
/// a, b    in [0.01, 100 000]
/// source  continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions
double incomplete_beta(double x, double a, double b);

/// The inverse of incomplete_beta in x, 0 < p < 1.
double beta_quantile(double p, double a, double b);

/// The cumulative distribution function of the standard normal distribution.
double normal_cdf(double z);

/// Its inverse, 0 < p < 1.
double normal_quantile(double p);

/// The same to a relative error of 1.15e-9, for 0.025 to 0.975: ten times faster than drawing normal numbers by
/// Box and Muller, which counts for the 86 million weights of a random ViT-B.
///
/// source  Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution function", the
///         central region
inline double approximate_normal_quantile(double p) {
    const double q = p - 0.5;
    const double r = q * q;
    const double above =
        ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
          1.383577518672690e+02) *
             r -
         3.066479806614716e+01) *
            r +
        2.506628277459239e+00;
    const double below =
        ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
          6.680131188771972e+01) *
             r -
         1.328068155288572e+01) *
            r +
        1.0;
    return q * above / below;
}

/// The cumulative distribution function of Student's t.
///
/// freedom  degrees of freedom, 1 or more
/// source   Abramowitz and Stegun 26.7.1
double student_t_cdf(double t, double freedom);

/// Its inverse, 0 < p < 1.
double student_t_quantile(double p, double freedom);

/// What repeated measurements say of their mean.
struct Estimate {
    std::size_t count = 0;
    double mean = 0;
    double sd = 0;  ///< sample standard deviation (divisor count - 1); NaN of one value
    std::pair<double, double> interval95{0, 0};  ///< of the mean, by Student's t; NaN of one value
};

/// values   of a sample; one or more
/// overlap  0 for independent values. Measurements on splits that are redrawn from the same tracks share most
///          of what they were trained on, so they are not independent and the plain interval is too narrow:
///          then the tracks of the test set for each track of the training set
/// throws   Error when there is none
/// source   Student 1908, "The probable error of a mean"; Nadeau and Bengio 2003, "Inference for the
///          generalization error", Machine Learning 52, section 5: the variance of the mean is
///          (1 / count + overlap) times that of a value
Estimate estimate_of(std::span<const double> values, double overlap = 0);

/// Whether two methods differ, measured by pairs.
struct PairedTest {
    std::size_t pairs = 0;
    double mean_difference = 0;                  ///< second - first
    std::pair<double, double> interval95{0, 0};  ///< of the mean difference
    double t = 0;
    double p = 1;  ///< two-sided
};

/// Student's paired t test.
///
/// first, second  of the same length, 2 or more; pairs of the same seed and the same split
/// overlap        of the pairs, as in estimate_of: without it the test finds differences that are none
/// returns        p is 1 when all pairs are equal, 0 when all differ by the same amount
/// throws         Error for fewer than two pairs
/// source         Nadeau and Bengio 2003, section 5
PairedTest paired_t_test(std::span<const double> first, std::span<const double> second, double overlap = 0);

/// How two classifiers' mistakes on the same tracks differ.
struct McNemarTest {
    std::size_t both_right = 0, only_first = 0, only_second = 0, both_wrong = 0;
    double p = 1;  ///< two-sided
};

/// McNemar's exact test: were the two equally good, the tracks that only one of them gets right would fall to
/// either like a coin.
///
/// first, second  [tracks], whether each got the track right; of the same length
/// source         McNemar 1947; the exact form is the two-sided binomial test of
///                only_first of only_first + only_second
McNemarTest mcnemar_test(const std::vector<bool>& first, const std::vector<bool>& second);

}  // namespace melvit
