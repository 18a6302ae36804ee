#include "melvit/search/early_stopping.h"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit {
namespace {

using Values = std::vector<double>;
using Others = std::vector<Values>;

EarlyTermination from_min(int min_iter, double eta, bool strict) {
    EarlyTermination rule;
    rule.kind = EarlyTermination::Kind::hyperband;
    rule.min_iter = min_iter;
    rule.eta = eta;
    rule.strict = strict;
    return rule;
}

EarlyTermination from_max(int max_iter, int s, double eta) {
    EarlyTermination rule = from_min(0, eta, true);
    rule.max_iter = max_iter;
    rule.s = s;
    return rule;
}

EarlyTermination median_rule(int min_iter = 0) {
    EarlyTermination rule;
    rule.kind = EarlyTermination::Kind::median;
    rule.min_iter = min_iter;
    return rule;
}

TEST(EarlyStoppingTest, WithoutARuleNothingStops) {
    EXPECT_FALSE(stops_early({}, 10, Values{9, 9}, Others{{1, 1}, {1, 1}}));
}

TEST(EarlyStoppingTest, HyperbandStopsWhatIsWorseThanTheBestThirdAtABand) {
    const EarlyTermination rule = from_min(2, 3, true);
    const Others others = {{9, 1}, {9, 2}, {9, 3}, {9, 4}, {9, 5}};
    // With the trial itself six values at the band: [6 / 3] of the sorted ones is the third.
    EXPECT_FALSE(stops_early(rule, 10, Values{9, 2.5}, others));
    EXPECT_FALSE(stops_early(rule, 10, Values{9, 3}, others));
    EXPECT_TRUE(stops_early(rule, 10, Values{9, 3.5}, others));
}

TEST(EarlyStoppingTest, HyperbandLooksAtNothingBeforeTheFirstBand) {
    EXPECT_FALSE(stops_early(from_min(2, 3, true), 10, Values{9}, Others{{1, 1}, {1, 1}, {1, 1}}));
}

TEST(EarlyStoppingTest, HyperbandLetsTheFirstTrialsThrough) {
    const EarlyTermination rule = from_min(1, 3, true);
    EXPECT_FALSE(stops_early(rule, 10, Values{9}, Others{}));
    // Of two the best 2 / 3, rounded down, is the first.
    EXPECT_TRUE(stops_early(rule, 10, Values{9}, Others{{1}}));
}

TEST(EarlyStoppingTest, HyperbandComparesWithTrialsThatReachedTheBand) {
    const EarlyTermination rule = from_min(2, 3, true);
    EXPECT_FALSE(stops_early(rule, 10, Values{9, 5}, Others{{1}, {1}, {1}}));
    EXPECT_TRUE(stops_early(rule, 10, Values{9, 5}, Others{{1}, {1, 1}, {1, 1}, {1, 9}}));
}

TEST(EarlyStoppingTest, StrictCountsTheValueAtTheBandElseTheBestUpToNow) {
    const Others others = {{1, 3}, {1, 3}, {1, 3}};
    EXPECT_TRUE(stops_early(from_min(2, 3, true), 10, Values{2, 4}, others));
    EXPECT_FALSE(stops_early(from_min(2, 3, false), 10, Values{2, 4}, others));
    EXPECT_TRUE(stops_early(from_min(2, 3, false), 10, Values{5, 4}, others));
    // One epoch later the value at the band still counts, or the best, which has become better.
    EXPECT_TRUE(stops_early(from_min(2, 3, true), 10, Values{5, 4, 1}, others));
    EXPECT_FALSE(stops_early(from_min(2, 3, false), 10, Values{5, 4, 1}, others));
}

TEST(EarlyStoppingTest, BandsFromMinIterGrowByEta) {
    const EarlyTermination rule = from_min(2, 3, true);  // 2, 6, 18
    const Others others(3, Values{5, 5, 1, 1, 1, 1, 1, 1});
    EXPECT_FALSE(stops_early(rule, 20, Values{5, 5, 9}, others));
    EXPECT_FALSE(stops_early(rule, 20, Values{5, 5, 9, 9, 9}, others));
    EXPECT_TRUE(stops_early(rule, 20, Values{5, 5, 9, 9, 9, 9}, others));
}

TEST(EarlyStoppingTest, BandsFromMaxIterShrinkByEta) {
    const EarlyTermination rule = from_max(27, 2, 3);  // 9, 3
    const Others others(3, Values{1, 1, 5, 5, 5, 5, 5, 5, 1});
    EXPECT_FALSE(stops_early(rule, 27, Values{9, 9}, others));
    EXPECT_FALSE(stops_early(rule, 27, Values{9, 9, 4, 9, 9, 9, 9, 9}, others));
    EXPECT_TRUE(stops_early(rule, 27, Values{9, 9, 6}, others));
    EXPECT_TRUE(stops_early(rule, 27, Values{9, 9, 4, 9, 9, 9, 9, 9, 2}, others));
}

// The example in the documentation of hyperband_stop_runs: bands 1 and 2, b stops at the second.
TEST(EarlyStoppingTest, HyperbandStopsTheRunsOfWandbsExample) {
    const EarlyTermination rule = from_max(5, 2, 2);
    const Values a = {10, 9}, b = {10, 10}, c = {10, 8, 8}, d = {10, 7, 7}, e = {10, 6, 6};
    EXPECT_TRUE(stops_early(rule, 5, b, Others{a, c, d, e}));
    EXPECT_FALSE(stops_early(rule, 5, c, Others{a, b, d, e}));
    EXPECT_FALSE(stops_early(rule, 5, d, Others{a, b, c, e}));
}

TEST(EarlyStoppingTest, MedianStopsWhatWasNeverBetterThanHalfOfTheRunningAverages) {
    // Running averages after two epochs: 3, 4, 6.
    const Others others = {{4, 2, 0}, {4, 4, 0}, {6, 6, 0}};
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{9, 4}, others));
    EXPECT_TRUE(stops_early(median_rule(), 10, Values{9, 4.1}, others));
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{3.9, 9}, others));
}

TEST(EarlyStoppingTest, MedianOfAnEvenNumberIsTheMiddle) {
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{3}, Others{{2}, {4}}));
    EXPECT_TRUE(stops_early(median_rule(), 10, Values{3.1}, Others{{2}, {4}}));
}

TEST(EarlyStoppingTest, MedianAveragesStoppedTrialsOverWhatTheyHave) {
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{6, 6, 6}, Others{{7}}));
    EXPECT_TRUE(stops_early(median_rule(), 10, Values{8, 8, 8}, Others{{7}}));
}

TEST(EarlyStoppingTest, MedianWaitsForMinIterAndForOthers) {
    EXPECT_FALSE(stops_early(median_rule(3), 10, Values{9, 9}, Others{{1, 1, 1}}));
    EXPECT_TRUE(stops_early(median_rule(3), 10, Values{9, 9, 9}, Others{{1, 1, 1}}));
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{9}, Others{}));
    EXPECT_FALSE(stops_early(median_rule(), 10, Values{9}, Others{{}}));
}

TEST(EarlyStoppingTest, NothingStopsAfterTheLastEpoch) {
    EXPECT_FALSE(stops_early(median_rule(), 2, Values{9, 9}, Others{{1, 1}}));
    EXPECT_FALSE(stops_early(from_min(2, 3, true), 2, Values{9, 9}, Others{{1, 1}, {1, 1}}));
    EXPECT_FALSE(stops_early(median_rule(), 2, Values{}, Others{{1, 1}}));
}

TEST(EarlyStoppingTest, NotANumberIsWorst) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(stops_early(from_min(1, 3, true), 9, Values{kNan}, Others{{1}, {2}}));
    EXPECT_FALSE(stops_early(from_min(1, 3, true), 9, Values{1}, Others{{kNan}, {kNan}}));
    EXPECT_TRUE(stops_early(median_rule(), 9, Values{kNan}, Others{{1}}));
}

}  // namespace
}  // namespace melvit
