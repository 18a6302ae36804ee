#include "melvit/core/statistics.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>

namespace melvit {
namespace {

/// tests/golden/statistics.json, made by tools/make_golden_statistics.py.
const nlohmann::json& numbers_of_scipy() {
    static const auto golden = nlohmann::json::parse(test::bytes_of(test::golden("statistics.json")));
    return golden;
}

/// Some of the last digits, relative to the number.
double near(double value) {
    return 1e-11 * std::abs(value) + 1e-300;
}

// scipy.stats.norm.ppf, scipy.stats.beta.cdf and .ppf
TEST(Statistics, NormalAndBetaEqualKnownQuantiles) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
    EXPECT_NEAR(normal_quantile(1e-9), -5.997807015008182, 1e-9);
    EXPECT_NEAR(normal_cdf(1), 0.8413447460685429, 1e-14);
    EXPECT_NEAR(incomplete_beta(0.5, 2, 5), 0.890625, 1e-13);
    EXPECT_NEAR(beta_quantile(0.5, 2, 5), 0.26444998329566005, 1e-12);
    EXPECT_NEAR(beta_quantile(0.25, 0.5, 0.5), std::pow(std::sin(std::numbers::pi / 8), 2), 1e-12);
    EXPECT_NEAR(beta_quantile(0.5, 10'000, 10'000), 0.5, 1e-9);
    EXPECT_NEAR(incomplete_beta(0.7, 3, 0.01), 1 - incomplete_beta(0.3, 0.01, 3), 1e-12);
}

TEST(Statistics, ApproximateNormalQuantilesAreOfNinePlaces) {
    for (int i = 25; i <= 975; ++i) {
        const double exact = normal_quantile(i / 1000.0);
        EXPECT_NEAR(approximate_normal_quantile(i / 1000.0), exact, 1.15e-9 * std::abs(exact) + 1e-15) << i;
    }
}

TEST(GoldenStatistics, StudentsTEqualsScipys) {
    for (const auto& golden : numbers_of_scipy().at("cdf")) {
        const double p = golden.at("p");
        EXPECT_NEAR(student_t_cdf(golden.at("t"), golden.at("freedom")), p, near(p)) << golden;
    }
    for (const auto& golden : numbers_of_scipy().at("quantile")) {
        const double t = golden.at("t");
        EXPECT_NEAR(student_t_quantile(golden.at("p"), golden.at("freedom")), t, 1e-10 * std::abs(t) + 1e-12)
            << golden;
    }
}

TEST(GoldenStatistics, MeanDeviationAndIntervalEqualScipys) {
    for (const auto& golden : numbers_of_scipy().at("estimate")) {
        const Estimate estimate = estimate_of(golden.at("values").get<std::vector<double>>());
        EXPECT_NEAR(estimate.mean, golden.at("mean"), 1e-12);
        EXPECT_NEAR(estimate.sd, golden.at("sd"), 1e-12);
        EXPECT_NEAR(estimate.interval95.first, golden.at("interval95").at(0), 1e-12);
        EXPECT_NEAR(estimate.interval95.second, golden.at("interval95").at(1), 1e-12);
    }
}

TEST(GoldenStatistics, ThePairedTestEqualsScipys) {
    for (const auto& golden : numbers_of_scipy().at("paired")) {
        const PairedTest paired = paired_t_test(golden.at("first").get<std::vector<double>>(),
                                                golden.at("second").get<std::vector<double>>());
        EXPECT_NEAR(paired.t, golden.at("t"), 1e-10 * std::abs(golden.at("t").get<double>()));
        EXPECT_NEAR(paired.p, golden.at("p"), 1e-10);
        EXPECT_NEAR(paired.interval95.first, golden.at("interval95").at(0), 1e-10);
        EXPECT_NEAR(paired.interval95.second, golden.at("interval95").at(1), 1e-10);
    }
}

/// Two classifiers on 20 tracks beside those that only one of them gets right.
McNemarTest mcnemar_of(std::size_t only_first, std::size_t only_second) {
    std::vector<bool> first(13, true), second(13, true);
    first.insert(first.end(), 7, false);
    second.insert(second.end(), 7, false);
    first.insert(first.end(), only_first, true);
    second.insert(second.end(), only_first, false);
    first.insert(first.end(), only_second, false);
    second.insert(second.end(), only_second, true);
    return mcnemar_test(first, second);
}

TEST(GoldenStatistics, McNemarEqualsScipysBinomialTest) {
    for (const auto& golden : numbers_of_scipy().at("mcnemar")) {
        const double p = golden.at("p");
        EXPECT_NEAR(mcnemar_of(golden.at("only_first"), golden.at("only_second")).p, p, 1e-11 * p) << golden;
    }
}

TEST(Statistics, McNemarCountsTheFourKindsOfTracks) {
    const McNemarTest test = mcnemar_of(1, 4);
    EXPECT_EQ(test.both_right, 13U);
    EXPECT_EQ(test.only_first, 1U);
    EXPECT_EQ(test.only_second, 4U);
    EXPECT_EQ(test.both_wrong, 7U);
    EXPECT_NEAR(test.p, 2.0 * (1 + 5) / 32, 1e-14) << "none or one head in five tosses, on either side";
}

TEST(Statistics, OneValueHasAMeanAndNothingElse) {
    const Estimate one = estimate_of(std::vector<double>{0.7});
    EXPECT_EQ(one.mean, 0.7);
    EXPECT_TRUE(std::isnan(one.sd) && std::isnan(one.interval95.first) && std::isnan(one.interval95.second));
    EXPECT_EQ(test::error_of([] { estimate_of({}); }), "mean: needs at least one value, there is none");
}

TEST(Statistics, EqualPairsDoNotDifferAndAConstantDifferenceIsCertain) {
    const std::vector<double> first = {0.5, 0.6, 0.7}, higher = {0.6, 0.7, 0.8};
    EXPECT_EQ(paired_t_test(first, first).p, 1.0);
    EXPECT_EQ(paired_t_test(first, first).t, 0.0);
    EXPECT_EQ(paired_t_test(first, higher).p, 0.0);
    EXPECT_TRUE(std::isinf(paired_t_test(first, higher).t) && paired_t_test(first, higher).t > 0);
    EXPECT_LT(paired_t_test(higher, first).t, 0);
    EXPECT_EQ(test::error_of([] { paired_t_test(std::vector{1.0}, std::vector{2.0}); }),
              "paired test: needs at least two pairs, there is 1");
}

// Tosses of a coin, as McNemar's test counts them: half, and half the chance of 50 000 heads, sqrt(2 / (pi n)) (1 - 1 / (4 n)).
TEST(Statistics, TheBetaFunctionHoldsForAHundredThousandTosses) {
    const double n = 100'000;
    const double even = std::sqrt(2 / (std::numbers::pi * n)) * (1 - 1 / (4 * n));
    EXPECT_NEAR(incomplete_beta(0.5, 50'000, 50'001), 0.5 + even / 2, 1e-9);
}

TEST(Statistics, OverlappingTrainingSetsWidenThePairedTest) {
    const std::vector<double> first = {0.61, 0.66, 0.70, 0.58, 0.63}, second = {0.65, 0.66, 0.73, 0.64, 0.64};
    const PairedTest plain = paired_t_test(first, second), corrected = paired_t_test(first, second, 0.25);
    EXPECT_NEAR(corrected.t, plain.t * std::sqrt(0.2 / 0.45), 1e-12) << "1/5 becomes 1/5 + 1/4";
    EXPECT_GT(corrected.p, plain.p);
    EXPECT_EQ(corrected.mean_difference, plain.mean_difference);
    EXPECT_LT(corrected.interval95.first, plain.interval95.first);
}

}  // namespace
}  // namespace melvit
