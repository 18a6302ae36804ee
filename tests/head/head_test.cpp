#include "melvit/head/head.h"

#include "melvit/core/error.h"
#include "melvit/head/packed_head.h"

#include "tests/support/matrices.h"

#include <cmath>
#include <gtest/gtest.h>

namespace melvit {
namespace {

using test::random_matrix;

/// The head's equation for one row, in double.
std::vector<double> exact_logits(const Head& head, std::span<const float> features) {
    std::vector<double> values(features.begin(), features.end());
    for (const HeadLayer& layer : head.layers) {
        std::vector<double> next;
        for (std::size_t output = 0; output < layer.weight.rows(); ++output) {
            double sum = layer.bias(0, output);
            for (std::size_t i = 0; i < values.size(); ++i) sum += layer.weight(output, i) * values[i];
            next.push_back(layer.relu ? std::max(sum, 0.0) : sum);
        }
        values = next;
    }
    return values;
}

TEST(HeadLayers, OfTheStudyAreALinearOneThenReluThenGenres) {
    const std::vector<LayerSize> expected{{768, 1024, false}, {1024, 1024, true}, {1024, 10, false}};
    EXPECT_EQ(layer_sizes({}, 768, 10), expected);
}

TEST(HeadLayers, OfAnMlpAreTheHiddenOnesThenGenres) {
    const std::vector<LayerSize> two{{30, 20, true}, {20, 20, true}, {20, 4, false}};
    EXPECT_EQ(layer_sizes({.hidden = 20, .layers = 2, .shape = "mlp"}, 30, 4), two);
    const std::vector<LayerSize> linear{{30, 4, false}};
    EXPECT_EQ(layer_sizes({.layers = 0, .shape = "mlp"}, 30, 4), linear);
}

TEST(HeadLayers, OutOfRangeAreRefused) {
    EXPECT_THROW(layer_sizes({.hidden = 0}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({.hidden = 65537}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({.layers = -1}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({.shape = "tower"}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({.dropout = 1.0F}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({.dropout = std::nanf("")}, 8, 2), Error);
    EXPECT_THROW(layer_sizes({}, 0, 2), Error);
    EXPECT_THROW(layer_sizes({}, 8, 1), Error);
    EXPECT_THROW(layer_sizes({.hidden = 65536}, 8, 2), Error) << "17 GB of weights";
}

TEST(MakeHead, DrawsWeightsWithinTheBoundOfTheLayerAndFromTheSeed) {
    const HeadConfig config{.hidden = 100, .shape = "mlp"};
    const Head head = make_head(config, 64, 3, 9);
    double largest = 0.0;
    for (const float weight : head.layers[0].weight.values())
        largest = std::max(largest, std::abs(1.0 * weight));
    EXPECT_LE(largest, 1.0 / 8.0);
    EXPECT_GT(largest, 0.99 / 8.0);
    EXPECT_EQ(make_head(config, 64, 3, 9).layers[1].weight, head.layers[1].weight);
    EXPECT_NE(make_head(config, 64, 3, 10).layers[1].weight, head.layers[1].weight);
}

TEST(ApplyHead, EqualsItsEquationForAnyNumberOfRows) {
    const Head head = make_head({.hidden = 45, .layers = 2}, 33, 7, 1);
    for (const std::size_t rows : {1U, 12U, 121U, 250U}) {
        const Matrix features = random_matrix(rows, 33, 5);
        const Matrix logits = apply_head(head, features);
        ASSERT_EQ(logits.rows(), rows);
        for (const std::size_t row : {std::size_t{0}, rows / 2, rows - 1}) {
            const auto expected = exact_logits(head, features.row(row));
            for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(logits(row, i), expected[i], 1e-6);
        }
    }
}

TEST(ApplyHead, GivesARowTheSameBitsAloneAndAmongOthers) {
    const Head head = make_head({.hidden = 64}, 20, 40, 1);
    const Matrix many = random_matrix(130, 20, 5);
    Matrix one(1, 20);
    std::ranges::copy(many.row(125), one.row(0).begin());
    const Matrix all = apply_head(head, many);
    const Matrix alone = apply_head(head, one);
    for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(alone(0, i), all(125, i));
}

TEST(ApplyHead, RefusesRowsOfAnotherWidthAndTakesNone) {
    const Head head = make_head({.hidden = 8}, 20, 3, 1);
    EXPECT_THROW(apply_head(head, Matrix(2, 19)), Error);
    EXPECT_EQ(apply_head(head, Matrix(0, 20)).rows(), 0U);
}

TEST(PackedHeadTest, UnpacksToTheSameHead) {
    const Head head = make_head({.hidden = 45}, 33, 7, 1);
    const Head again = unpack(pack(head));
    for (std::size_t i = 0; i < head.layers.size(); ++i) {
        EXPECT_EQ(again.layers[i].weight, head.layers[i].weight);
        EXPECT_EQ(again.layers[i].bias, head.layers[i].bias);
        EXPECT_EQ(again.layers[i].relu, head.layers[i].relu);
    }
}

TEST(Softmax, StandsHugeLogitsAndSumsToOne) {
    Matrix logits(1, 3);
    logits(0, 0) = 1000.0F;
    logits(0, 1) = 1000.0F + std::log(2.0F);
    logits(0, 2) = -1e30F;
    const Matrix probabilities = softmax(logits);
    EXPECT_NEAR(probabilities(0, 0), 1.0 / 3.0, 2e-5);  // 1000 + log 2 is rounded to 6e-5
    EXPECT_NEAR(probabilities(0, 0) + probabilities(0, 1), 1.0, 1e-6);
    EXPECT_EQ(probabilities(0, 2), 0.0F);
}

}  // namespace
}  // namespace melvit
