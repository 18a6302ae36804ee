#include "melvit/report/curves.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A trial with these validation losses; its accuracies are a tenth of them.
TrialRecord trial_of(const std::vector<double>& losses) {
    TrialRecord trial;
    for (const double loss : losses) {
        EpochMetrics epoch;
        epoch.validation_loss = loss;
        epoch.validation_accuracy = loss / 10;
        epoch.train_loss = loss + 1;
        epoch.train_accuracy = loss / 20;
        trial.history.push_back(epoch);
    }
    return trial;
}

constexpr CurveKind kMeanLoss{Subset::validation, Measure::loss, Summary::mean};
constexpr CurveKind kLeastLoss{Subset::validation, Measure::loss, Summary::minimum};

TEST(CurvesTest, TakeTheSideAndTheMeasureThatAreAskedFor) {
    const EpochMetrics epoch = trial_of({4}).history.front();
    EXPECT_DOUBLE_EQ(value_of(epoch, {Subset::validation, Measure::loss, Summary::mean}), 4);
    EXPECT_DOUBLE_EQ(value_of(epoch, {Subset::validation, Measure::error, Summary::mean}), 60);
    EXPECT_DOUBLE_EQ(value_of(epoch, {Subset::training, Measure::loss, Summary::mean}), 5);
    EXPECT_DOUBLE_EQ(value_of(epoch, {Subset::training, Measure::error, Summary::mean}), 80);
}

TEST(CurvesTest, AreTheMeanAndTheMinimumAfterEachEpoch) {
    const TrialRecord a = trial_of({4, 2}), b = trial_of({2, 3}), c = trial_of({3, 7});
    const std::vector<const TrialRecord*> trials = {&a, &b, &c};
    EXPECT_EQ(curve_of(trials, kMeanLoss, 2), (std::vector<double>{3, 4}));
    EXPECT_EQ(curve_of(trials, kLeastLoss, 2), (std::vector<double>{2, 2}));
}

TEST(CurvesTest, CountATrialThatWasStoppedAsFarAsItCame) {
    const TrialRecord whole = trial_of({4, 2, 1}), stopped = trial_of({2});
    const std::vector<const TrialRecord*> trials = {&whole, &stopped};
    EXPECT_EQ(curve_of(trials, kMeanLoss, 3), (std::vector<double>{3, 2, 1}));
}

TEST(CurvesTest, PassOverWhatIsNoNumber) {
    const TrialRecord good = trial_of({4, 2}), bad = trial_of({2, kNan});
    const std::vector<const TrialRecord*> trials = {&good, &bad};
    EXPECT_EQ(curve_of(trials, kMeanLoss, 2), (std::vector<double>{3, 2}));
    const std::vector<const TrialRecord*> only_bad = {&bad};
    EXPECT_TRUE(std::isnan(curve_of(only_bad, kMeanLoss, 2)[1]));
}

TEST(CurvesTest, GiveAnAxisARangeWithRoomForAllValues) {
    const auto range = range_of({10, 20, 15});
    EXPECT_NEAR(range.first, 9.6, 1e-12);
    EXPECT_NEAR(range.second, 20.4, 1e-12);
    EXPECT_EQ(range_of({}), std::pair(0.0, 1.0));
    EXPECT_EQ(range_of({kNan}), std::pair(0.0, 1.0));
}

TEST(CurvesTest, KeepAFewHighValuesInsideTheRange) {
    std::vector<double> values(100, 20.0);
    values.push_back(90);
    EXPECT_GT(range_of(values).second, 90);
}

TEST(CurvesTest, LeaveNoRangeEmpty) {
    for (const double value : {0.0, 1.5, -3.0, 1e9}) {
        const auto range = range_of({value, value});
        EXPECT_TRUE(differ(range.first, range.second)) << value;
    }
}

}  // namespace
}  // namespace melvit
