#include "melvit/head/head_set.h"

#include "melvit/core/error.h"

#include "tests/support/matrices.h"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit {
namespace {

using test::random_matrix;

HeadSet two_heads() {
    const HeadConfig config{.hidden = 16, .shape = "mlp"};
    return {{make_head(config, 6, 3, 1), make_head(config, 6, 3, 2)}, {}};
}

TEST(StandardisationTest, GivesMeanZeroAndDeviationOne) {
    Matrix features(4, 2);
    const float values[] = {1, 2, 5, 10};
    for (std::size_t row = 0; row < 4; ++row) features(row, 0) = values[row] * 1000.0F;
    for (std::size_t row = 0; row < 4; ++row) features(row, 1) = 0.1F;
    const Standardisation measured = measure_standardisation(features);
    EXPECT_FLOAT_EQ(measured.mean(0, 0), 4500.0F);
    EXPECT_FLOAT_EQ(measured.standard_deviation(0, 0),
                    3500.0F);  // sqrt of (3500^2 + 2500^2 + 500^2 + 5500^2) / 4
    EXPECT_EQ(measured.standard_deviation(0, 1), 1.0F)
        << "a constant feature is not divided by its rounding error";
    const Matrix standard = standardise(measured, features);
    EXPECT_FLOAT_EQ(standard(3, 0), 5500.0F / 3500.0F);
    EXPECT_EQ(standard(0, 1), 0.0F);
}

TEST(StandardisationTest, ThatIsEmptyLeavesFeaturesAsTheyAre) {
    EXPECT_EQ(standardise({}, random_matrix(3, 4, 5)), random_matrix(3, 4, 5));
}

TEST(PredictRows, IsTheMeanOfTheHeadsProbabilitiesOfStandardisedRows) {
    HeadSet set = two_heads();
    const Matrix features = random_matrix(5, 6, 5);
    set.standardisation = measure_standardisation(features);
    const Matrix inputs = standardise(set.standardisation, features);
    const Matrix first = softmax(apply_head(set.heads[0], inputs));
    const Matrix second = softmax(apply_head(set.heads[1], inputs));
    const Matrix both = predict_rows(set, features);
    for (std::size_t row = 0; row < 5; ++row) {
        float sum = 0.0F;
        for (std::size_t genre = 0; genre < 3; ++genre) {
            EXPECT_NEAR(both(row, genre), (first(row, genre) + second(row, genre)) / 2, 1e-6);
            sum += both(row, genre);
        }
        EXPECT_NEAR(sum, 1.0F, 1e-6);
    }
}

TEST(PredictRows, RefusesFeaturesThatAreNotFiniteOrNotAsMany) {
    Matrix features = random_matrix(2, 6, 5);
    features(1, 3) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(predict_rows(two_heads(), features), Error);
    features(1, 3) = std::numeric_limits<float>::infinity();
    EXPECT_THROW(predict_rows(two_heads(), features), Error);
    EXPECT_THROW(predict_rows(two_heads(), Matrix(2, 7)), Error);
}

TEST(MeanOverRows, AveragesEachTracksRows) {
    Matrix probabilities(3, 2);
    probabilities(0, 0) = 0.2F;
    probabilities(1, 0) = 0.4F;
    probabilities(2, 1) = 0.9F;
    const Matrix tracks = mean_over_rows(probabilities, std::vector<std::size_t>{0, 2, 3});
    ASSERT_EQ(tracks.rows(), 2U);
    EXPECT_FLOAT_EQ(tracks(0, 0), 0.3F);
    EXPECT_FLOAT_EQ(tracks(1, 1), 0.9F);
}

}  // namespace
}  // namespace melvit
