#include "melvit/search/distribution.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <string>
#include <vector>

namespace melvit {
namespace {

using Kind = DistributionKind;
using Json = nlohmann::ordered_json;

constexpr int kShares = 2000;

/// The values at the middles of equal shares.
std::vector<double> spread(const Distribution& d) {
    std::vector<double> values;
    for (int i = 0; i < kShares; ++i) values.push_back(quantile(d, (i + 0.5) / kShares).get<double>());
    return values;
}

double mean(const Distribution& d) {
    double sum = 0;
    for (const double value : spread(d)) sum += value;
    return sum / kShares;
}

Distribution between(Kind kind, double min, double max) {
    return {.kind = kind, .values = {}, .probabilities = {}, .min = min, .max = max};
}

Distribution normal(Kind kind, double mu, double sigma) {
    Distribution d;
    d.kind = kind;
    d.mu = mu;
    d.sigma = sigma;
    return d;
}

Distribution beta(Kind kind, double a, double b) {
    Distribution d;
    d.kind = kind;
    d.alpha = a;
    d.beta = b;
    return d;
}

Distribution with_step(Distribution d, double q, bool whole) {
    d.q = q;
    d.whole = whole;
    return d;
}

TEST(DistributionTest, NamesAndKindsBelongTogether) {
    for (int i = 0; i <= static_cast<int>(Kind::q_beta); ++i) {
        const auto kind = static_cast<Kind>(i);
        EXPECT_EQ(distribution_kind(name_of(kind)), kind);
    }
    EXPECT_FALSE(distribution_kind("gaussian"));
}

TEST(DistributionTest, HaveTheirKnownMeans) {
    EXPECT_NEAR(mean(between(Kind::uniform, -1, 3)), 1, 1e-9);
    EXPECT_NEAR(mean(between(Kind::int_uniform, 1, 4)), 2.5, 1e-9);
    EXPECT_NEAR(mean(between(Kind::log_uniform_values, 1e-4, 1e-1)), (1e-1 - 1e-4) / std::log(1e3), 1e-6);
    EXPECT_NEAR(mean(between(Kind::log_uniform, 0, 1)), std::exp(1.0) - 1, 1e-6);
    EXPECT_NEAR(mean(between(Kind::inv_log_uniform, 0, 1)), 1 - std::exp(-1.0), 1e-6);
    EXPECT_NEAR(mean(normal(Kind::normal, 3, 2)), 3, 1e-9);
    EXPECT_NEAR(mean(normal(Kind::log_normal, 0, 0.5)), std::exp(0.125), 2e-3);
    EXPECT_NEAR(mean(beta(Kind::beta, 2, 5)), 2.0 / 7, 1e-5);
}

TEST(DistributionTest, StayWithinTheirBounds) {
    struct Case {
        Distribution distribution;
        double low, high;
    };
    const std::vector<Case> cases = {
        {between(Kind::uniform, 0.1, 0.3), 0.1, 0.3},
        {between(Kind::int_uniform, -2, 2), -2, 2},
        {between(Kind::log_uniform_values, 1e-4, 0.1), 1e-4, 0.1},
        {between(Kind::inv_log_uniform_values, 1e-4, 0.1), 1e-4, 0.1},
        {between(Kind::log_uniform, -2, 1), std::exp(-2.0), std::exp(1.0)},
        {between(Kind::inv_log_uniform, -2, 1), std::exp(-1.0), std::exp(2.0)},
        {with_step(between(Kind::q_uniform, 0, 10), 3, true), 0, 11.5},
        {with_step(between(Kind::q_log_uniform, 0, 3), 2, true), 0, std::exp(3.0) + 1},
        {with_step(between(Kind::q_log_uniform_values, 1, 100), 5, true), 0, 102.5},
        {beta(Kind::beta, 0.5, 0.5), 0, 1},
    };
    for (const Case& c : cases) {
        for (const double u : {1e-16, 1e-9, 0.3, 0.5, 0.999999, 1 - 1e-16}) {
            const auto value = quantile(c.distribution, u).get<double>();
            EXPECT_GE(value, c.low) << name_of(c.distribution.kind) << " at " << u;
            EXPECT_LE(value, c.high) << name_of(c.distribution.kind) << " at " << u;
        }
    }
}

TEST(DistributionTest, QuantisedValuesAreMultiplesOfQ) {
    for (const Distribution& d : {with_step(between(Kind::q_uniform, 0, 10), 2.5, false),
                                  with_step(normal(Kind::q_normal, 0, 4), 2.5, false),
                                  with_step(between(Kind::q_log_uniform_values, 1, 100), 2.5, false),
                                  with_step(normal(Kind::q_log_normal, 1, 1), 2.5, false),
                                  with_step(beta(Kind::q_beta, 2, 2), 0.125, false)}) {
        for (const double value : spread(d)) EXPECT_EQ(std::fmod(value, d.q), 0) << name_of(d.kind);
    }
    EXPECT_EQ(quantile(with_step(between(Kind::q_uniform, 0, 10), 2, true), 0.55).dump(), "6");
    EXPECT_EQ(quantile(with_step(between(Kind::q_uniform, 0, 10), 2, false), 0.55).dump(), "6.0");
}

TEST(DistributionTest, ShareBelowIsTheInverseOfQuantile) {
    for (const Distribution& d :
         {between(Kind::uniform, -1, 3), between(Kind::log_uniform, -9, 2),
          between(Kind::inv_log_uniform, -9, 2), between(Kind::log_uniform_values, 1e-5, 1),
          normal(Kind::normal, 3, 2), normal(Kind::log_normal, 1, 0.5), beta(Kind::beta, 2, 5)}) {
        for (const double u : {0.001, 0.25, 0.5, 0.9}) {
            EXPECT_NEAR(share_below(d, quantile(d, u).get<double>()), u, 1e-9) << name_of(d.kind);
        }
    }
    EXPECT_EQ(share_below(between(Kind::int_uniform, 1, 2), 1), 0.25);
    EXPECT_EQ(share_below(between(Kind::uniform, 0, 1), 7), 1);
    EXPECT_EQ(share_below(with_step(between(Kind::q_log_uniform_values, 1, 100), 5, true), 0), 0);
}

TEST(DistributionTest, ListedValuesHaveTheirProbabilities) {
    Distribution d;
    d.kind = Kind::categorical;
    d.values = {"a", "b", "c"};
    EXPECT_EQ(quantile(d, 0.34), "b");
    d.probabilities = {0.1, 0.9, 0.0};
    EXPECT_EQ(quantile(d, 0.05), "a");
    EXPECT_EQ(quantile(d, 0.15), "b");
    EXPECT_EQ(quantile(d, 1 - 1e-16), "b");
}

TEST(DistributionTest, EveryWholeNumberHasTheSameShare) {
    std::vector<int> counts(5);
    for (const double value : spread(between(Kind::int_uniform, 0, 4)))
        ++counts[static_cast<std::size_t>(value)];
    EXPECT_EQ(counts, std::vector<int>(5, kShares / 5));
}

TEST(DistributionTest, GridValuesCountEqualOnesOnce) {
    Distribution d;
    d.kind = Kind::categorical;
    d.values = {3, 3.0, "3", true, 1, 1.5};
    EXPECT_EQ(Json(grid_values(d)).dump(), R"([3,"3",true,1,1.5])");
    EXPECT_EQ(grid_size(d), 5U);
    EXPECT_EQ(Json(grid_values(between(Kind::int_uniform, -1, 1))).dump(), "[-1,0,1]");
    EXPECT_EQ(Json(grid_values(with_step(between(Kind::q_uniform, 0, 1), 0.25, false))).dump(),
              "[0.0,0.25,0.5,0.75]");
    EXPECT_EQ(Json(grid_values(with_step(between(Kind::q_uniform, 1, 8), 3, true))).dump(), "[1,4,7]");
    EXPECT_EQ(grid_size(between(Kind::uniform, 0, 1)), 0U);
}

}  // namespace
}  // namespace melvit
