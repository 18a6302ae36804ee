#include "melvit/head/loss.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit {
namespace {

TEST(CrossEntropy, OfEqualLogitsIsTheLogOfTheGenres) {
    Matrix gradient(2, 4);
    const BatchLoss result = cross_entropy(Matrix(2, 4), std::vector<std::size_t>{0, 3}, 0.0, gradient);
    EXPECT_NEAR(result.loss, std::log(4.0), 1e-12);
    EXPECT_EQ(result.correct, 1U) << "the first of equal logits counts as the largest";
    EXPECT_NEAR(gradient(1, 0), 0.25 / 2, 1e-7);
    EXPECT_NEAR(gradient(1, 3), -0.75 / 2, 1e-7);
}

TEST(CrossEntropy, WithSmoothingIsLeastAtTheSmoothedTarget) {
    constexpr double kSmoothing = 0.2;
    Matrix logits(1, 4);
    logits(0, 2) = std::log(static_cast<float>((1.0 - kSmoothing + kSmoothing / 4) / (kSmoothing / 4)));
    Matrix gradient(1, 4);
    cross_entropy(logits, std::vector<std::size_t>{2}, kSmoothing, gradient);
    for (const float slope : gradient.values()) EXPECT_NEAR(slope, 0.0F, 1e-7);
}

TEST(CrossEntropy, StandsHugeLogits) {
    Matrix logits(1, 2);
    logits(0, 0) = 1e30F;
    Matrix gradient(1, 2);
    EXPECT_EQ(cross_entropy(logits, std::vector<std::size_t>{0}, 0.0, gradient).loss, 0.0);
    EXPECT_NEAR(cross_entropy(logits, std::vector<std::size_t>{1}, 0.0, gradient).loss / 1e30, 1.0, 1e-6);
}

TEST(CrossEntropy, OfLogitsThatAreNotNumbersIsNotANumber) {
    Matrix logits(1, 2);
    Matrix gradient(1, 2);
    for (const float broken :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        logits(0, 1) = broken;
        EXPECT_TRUE(std::isnan(cross_entropy(logits, std::vector<std::size_t>{0}, 0.0, gradient).loss));
    }
}

}  // namespace
}  // namespace melvit
