#include "melvit/training/metrics.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/core/safetensors.h"
#include "melvit/head/head.h"

#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace melvit {
namespace {

/// Rows of probabilities from rows of numbers.
Matrix rows_of(const std::vector<std::vector<float>>& rows) {
    Matrix matrix(rows.size(), rows.front().size());
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], matrix.row(i).begin());
    return matrix;
}

TEST(MetricsTest, CountsTruthInRowsAndPredictionsInColumns) {
    const Metrics metrics =
        metrics_of(rows_of({{0.7F, 0.3F}, {0.6F, 0.4F}, {0.1F, 0.9F}}), std::vector<std::size_t>{0, 1, 1});
    const std::vector<std::vector<std::size_t>> expected{{1, 0}, {1, 1}};
    EXPECT_EQ(metrics.confusion, expected);
    EXPECT_DOUBLE_EQ(metrics.accuracy, 2.0 / 3.0);
    EXPECT_NEAR(metrics.loss, -(std::log(0.7) + std::log(0.4) + std::log(0.9)) / 3.0, 1e-7);
    EXPECT_DOUBLE_EQ(metrics.genres[0].precision, 0.5);
    EXPECT_DOUBLE_EQ(metrics.genres[0].recall, 1.0);
    EXPECT_DOUBLE_EQ(metrics.genres[1].recall, 0.5);
    EXPECT_EQ(metrics.genres[1].tracks, 2U);
}

TEST(MetricsTest, LeaveGenresThatNeitherOccurNorAreNamedOutOfTheMean) {
    const Metrics metrics =
        metrics_of(rows_of({{0.7F, 0.2F, 0.1F}, {0.2F, 0.7F, 0.1F}}), std::vector<std::size_t>{0, 1});
    EXPECT_DOUBLE_EQ(metrics.macro_f1, 1.0);
    EXPECT_DOUBLE_EQ(metrics.genres[2].f1, 0.0);
}

TEST(MetricsTest, OfACertainMistakeAreFinite) {
    EXPECT_NEAR(metrics_of(rows_of({{1.0F, 0.0F}}), std::vector<std::size_t>{1}).loss, 126 * std::log(2.0),
                1e-6);
}

TEST(MetricsTest, OfNoTrackAreRefused) {
    EXPECT_THROW(metrics_of(Matrix(0, 3), {}), Error);
}

TEST(WilsonInterval, EqualsItsEquationAndStaysWithinZeroAndOne) {
    // Of 8 of 10: Brown, Cai, DasGupta 2001, "Interval estimation for a binomial proportion", equation 4.
    EXPECT_NEAR(wilson_interval(8, 10).first, 0.4901625, 1e-6);
    EXPECT_NEAR(wilson_interval(8, 10).second, 0.9433178, 1e-6);
    EXPECT_EQ(wilson_interval(0, 20).first, 0.0);
    EXPECT_EQ(wilson_interval(20, 20).second, 1.0);
    EXPECT_LT(wilson_interval(20, 20).first, 0.85);
}

TEST(CalibrationError, IsZeroWhereConfidenceIsAccuracyAndTheirDistanceElsewhere) {
    // Half of the tracks said with 0.5 are right.
    EXPECT_NEAR(calibration_error_of(rows_of({{0.5F, 0.5F}, {0.5F, 0.5F}}), std::vector<std::size_t>{0, 1}),
                0.0, 1e-9);
    EXPECT_NEAR(calibration_error_of(rows_of({{1.0F, 0.0F}, {1.0F, 0.0F}}), std::vector<std::size_t>{0, 1}),
                0.5, 1e-9);
    // Two bins, 0.1 and 0.4 off, two tracks of three and one of three.
    EXPECT_NEAR(calibration_error_of(rows_of({{0.9F, 0.1F}, {0.9F, 0.1F}, {0.4F, 0.6F}}),
                                     std::vector<std::size_t>{0, 0, 1}),
                (2 * 0.1 + 0.4) / 3, 1e-6);
}

TEST(GoldenMetrics, EqualThoseOfSklearn) {
    const SafetensorsFile file(test::golden("head_metrics.safetensors"));
    const auto number = [&](const std::string& name) { return file.at(name).to_floats(name)[0]; };
    Matrix logits(200, 6);
    Random random(4);
    for (float& value : logits.values()) value = random.uniform(-3.0F, 3.0F);
    Random label_numbers(5);
    std::vector<std::size_t> labels(200);
    for (std::size_t& label : labels) label = label_numbers.bits() % 6;
    const Metrics metrics = metrics_of(softmax(logits), labels);
    // The golden numbers are kept as floats.
    EXPECT_NEAR(metrics.loss, number("loss"), 1e-6);
    EXPECT_NEAR(metrics.accuracy, number("accuracy"), 1e-6);
    EXPECT_NEAR(metrics.macro_f1, number("macro_f1"), 1e-6);
    for (std::size_t genre = 0; genre < 6; ++genre) {
        EXPECT_NEAR(metrics.genres[genre].precision, file.at("precision").to_floats("precision")[genre],
                    1e-6);
        EXPECT_NEAR(metrics.genres[genre].recall, file.at("recall").to_floats("recall")[genre], 1e-6);
        EXPECT_NEAR(metrics.genres[genre].f1, file.at("f1").to_floats("f1")[genre], 1e-6);
    }
}

}  // namespace
}  // namespace melvit
