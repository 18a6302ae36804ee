#include "melvit/head/gradient.h"

#include "melvit/core/random.h"
#include "melvit/head/adamw.h"
#include "melvit/head/loss.h"

#include "tests/head/allocations.h"
#include "tests/support/matrices.h"
#include "tests/support/threads.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

namespace melvit {
namespace {

constexpr std::size_t kRows = 15;
constexpr std::size_t kInputs = 37;
constexpr std::size_t kGenres = 5;

/// A mini-batch for small heads.
struct Batch {
    Matrix features{kRows, kInputs};
    std::vector<std::size_t> rows = std::vector<std::size_t>(kRows);
    std::vector<std::size_t> labels;

    Batch() {
        Random random(11);
        for (float& value : features.values()) value = random.uniform(-1.0F, 1.0F);
        std::iota(rows.begin(), rows.end(), std::size_t{0});
        for (std::size_t i = 0; i < kRows; ++i) labels.push_back(random.below(kGenres));
    }
};

/// Puts a gradient together from its tiles.
class Collector : public TileVisitor {
public:
    explicit Collector(const PackedHead& head) : whole_(head) {}

    kernels::Prefetch prefetch(const GradientTile&) const override { return {}; }
    void visit(const GradientTile& tile) override {
        float* to = whole_.layers[tile.layer].weight.at(tile.panel, tile.first_row);
        std::copy_n(tile.values, tile.rows * nn::panel_columns(), to);
    }
    Head whole() const { return unpack(whole_); }

private:
    PackedHead whole_;
};

/// The gradient of all weights and biases, shaped as the head.
Head gradient_of(const PackedHead& head, const Backpropagation& gradient) {
    Collector collector(head);
    gradient.for_each_weight_tile(collector);
    return collector.whole();
}

/// The loss of the head's equation, in double.
double exact_loss(const Head& head, const Batch& batch, double smoothing) {
    double loss = 0.0;
    for (std::size_t row = 0; row < kRows; ++row) {
        std::vector<double> values(batch.features.row(row).begin(), batch.features.row(row).end());
        for (const HeadLayer& layer : head.layers) {
            std::vector<double> next;
            for (std::size_t output = 0; output < layer.weight.rows(); ++output) {
                double sum = layer.bias(0, output);
                for (std::size_t i = 0; i < values.size(); ++i) sum += layer.weight(output, i) * values[i];
                next.push_back(layer.relu ? std::max(sum, 0.0) : sum);
            }
            values = next;
        }
        double sum = 0.0;
        for (const double value : values) sum += std::exp(value);
        for (std::size_t genre = 0; genre < kGenres; ++genre) {
            const double target = smoothing / kGenres + (genre == batch.labels[row] ? 1.0 - smoothing : 0.0);
            loss -= target * (values[genre] - std::log(sum)) / kRows;
        }
    }
    return loss;
}

/// d loss / d weight as a difference quotient. The step is so small that hardly a ReLU bends within it; what
/// was really added to the float is measured.
double difference_quotient(Head& head, float& weight, const Batch& batch, double smoothing) {
    const float before = weight;
    const float above = before + 0x1.0p-18F;
    const float below = before - 0x1.0p-18F;
    weight = above;
    const double loss_above = exact_loss(head, batch, smoothing);
    weight = below;
    const double loss_below = exact_loss(head, batch, smoothing);
    weight = before;
    return (loss_above - loss_below) / (static_cast<double>(above) - below);
}

class GradientHead : public testing::TestWithParam<HeadConfig> {};

TEST_P(GradientHead, EqualsDifferenceQuotients) {
    constexpr double kSmoothing = 0.1;
    constexpr double kSlopeTolerance =
        1e-6;  // the curvature and the roundings of the gradient, which is up to 0.1
    const Batch batch;
    Head head = make_head(GetParam(), kInputs, kGenres, 3);
    const PackedHead packed = pack(head);
    Backpropagation backpropagation(packed, kRows);
    Matrix slope(kRows, kGenres);
    const Matrix& logits = backpropagation.forward(packed, batch.features, batch.rows, {});
    cross_entropy(logits, batch.labels, kSmoothing, slope);
    backpropagation.backward(packed, slope);
    const Head gradient = gradient_of(packed, backpropagation);
    for (std::size_t i = 0; i < head.layers.size(); ++i) {
        const auto weights = head.layers[i].weight.values();
        for (std::size_t j = 0; j < weights.size(); j += 7) {
            EXPECT_NEAR(gradient.layers[i].weight.values()[j],
                        difference_quotient(head, weights[j], batch, kSmoothing), kSlopeTolerance);
        }
        const auto biases = head.layers[i].bias.values();
        for (std::size_t j = 0; j < biases.size(); ++j) {
            EXPECT_NEAR(gradient.layers[i].bias.values()[j],
                        difference_quotient(head, biases[j], batch, kSmoothing), kSlopeTolerance);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, GradientHead,
                         testing::Values(HeadConfig{.hidden = 40}, HeadConfig{.layers = 0, .shape = "mlp"},
                                         HeadConfig{.hidden = 33, .layers = 2, .shape = "mlp"}));

/// Two steps with dropout; the weights afterwards.
Head trained_with(std::size_t threads) {
    const test::Threads scope(threads);
    const Batch batch;
    PackedHead head = pack(make_head({.hidden = 300, .layers = 2}, kInputs, kGenres, 3));
    Backpropagation gradient(head, kRows);
    AdamW optimiser(head, {});
    Matrix slope(kRows, kGenres);
    for (std::uint64_t step = 0; step < 2; ++step) {
        const Matrix& logits = gradient.forward(head, batch.features, batch.rows, {0.3F, 7, step});
        cross_entropy(logits, batch.labels, 0.0, slope);
        gradient.backward(head, slope);
        optimiser.step(head, gradient, 0.001);
    }
    return unpack(head);
}

TEST(HeadStep, GivesTheSameBitsOnOneTwoAndThreeThreads) {
    const Head one = trained_with(1);
    for (const std::size_t threads : {2U, 3U}) {
        const Head more = trained_with(threads);
        for (std::size_t i = 0; i < one.layers.size(); ++i) {
            EXPECT_EQ(more.layers[i].weight, one.layers[i].weight) << threads << " threads";
            EXPECT_EQ(more.layers[i].bias, one.layers[i].bias) << threads << " threads";
        }
    }
}

TEST(HeadStep, TakesNothingFromTheHeap) {
    const Batch batch;
    PackedHead head = pack(make_head({.hidden = 300, .dropout = 0.1F}, kInputs, kGenres, 3));
    Backpropagation gradient(head, kRows);
    AdamW optimiser(head, {});
    Matrix slope(kRows, kGenres);
    const auto step = [&] {
        const Matrix& logits = gradient.forward(head, batch.features, batch.rows, {0.1F, 7, 1});
        cross_entropy(logits, batch.labels, 0.0, slope);
        gradient.backward(head, slope);
        optimiser.step(head, gradient, 0.001);
    };
    step();  // starts the threads
    const std::size_t before = test::allocations();
    step();
    EXPECT_EQ(test::allocations(), before);
}

TEST(HeadStep, OfPackedInputsGivesTheSameBits) {
    const Batch batch;
    const PackedHead head = pack(make_head({.hidden = 40}, kInputs, kGenres, 3));
    const std::vector<PackedRows> inputs = packed_inputs(batch.features, batch.rows, kRows);
    ASSERT_EQ(inputs.size(), 1U);
    Backpropagation from_rows(head, kRows);
    Backpropagation from_packed(head, kRows);
    const Matrix& expected = from_rows.forward(head, batch.features, batch.rows, {});
    const Matrix& logits = from_packed.forward(head, inputs[0], {});
    EXPECT_EQ(logits, expected);
    Matrix slope(kRows, kGenres);
    cross_entropy(logits, batch.labels, 0.0, slope);
    from_rows.backward(head, slope);
    from_packed.backward(head, slope);
    EXPECT_EQ(gradient_of(head, from_packed).layers[0].weight, gradient_of(head, from_rows).layers[0].weight);
}

TEST(PackedInputs, AreCutIntoBlocksAndEndInOnes) {
    const Matrix features = test::random_matrix(30, 20, 5);
    std::vector<std::size_t> rows(30);
    std::iota(rows.rbegin(), rows.rend(), std::size_t{0});  // backwards
    const std::vector<PackedRows> blocks = packed_inputs(features, rows, 13);
    ASSERT_EQ(blocks.size(), 3U);
    EXPECT_EQ(blocks[2].panels.rows(), 4U);
    EXPECT_EQ(blocks[1].panels(2, 7), features(30 - 1 - 15, 7));
    EXPECT_EQ(blocks[1].micro_panels.at(0, 7)[2], features(30 - 1 - 15, 7));
    EXPECT_EQ(blocks[2].panels(3, 20), 1.0F);
    EXPECT_EQ(blocks[2].micro_panels.at(0, 20)[3], 1.0F);
}

TEST(HeadStep, OfASmallerBatchForgetsTheRowsOfALargerOne) {
    const Batch batch;
    const PackedHead head = pack(make_head({.hidden = 40}, kInputs, kGenres, 3));
    Matrix slope(kRows, kGenres);
    const auto gradient_of_first = [&](std::size_t rows, Backpropagation& backpropagation) {
        const auto some = std::span(batch.rows).first(rows);
        const Matrix& logits = backpropagation.forward(head, batch.features, some, {});
        cross_entropy(logits, std::span(batch.labels).first(rows), 0.0, slope);
        backpropagation.backward(head, slope);
        return gradient_of(head, backpropagation);
    };
    Backpropagation used(head, kRows);
    gradient_of_first(kRows, used);
    const Head after_larger = gradient_of_first(4, used);
    Backpropagation fresh(head, 4);
    const Head alone = gradient_of_first(4, fresh);
    for (std::size_t i = 0; i < alone.layers.size(); ++i) {
        EXPECT_EQ(after_larger.layers[i].weight, alone.layers[i].weight);
        EXPECT_EQ(after_larger.layers[i].bias, alone.layers[i].bias);
    }
}

/// Logits of a head of one hidden layer whose units all give 1 and whose genres sum them:
/// (units kept) / (1 - rate).
std::vector<float> kept_units(const Dropout& dropout) {
    constexpr std::size_t kHidden = 1000;
    Head head = make_head({.hidden = kHidden, .shape = "mlp"}, kInputs, kGenres, 1);
    for (float& weight : head.layers[0].weight.values()) weight = 0.0F;
    for (float& bias : head.layers[0].bias.values()) bias = 1.0F;
    for (float& weight : head.layers[1].weight.values()) weight = 1.0F;
    for (float& bias : head.layers[1].bias.values()) bias = 0.0F;
    const Batch batch;
    const PackedHead packed = pack(head);
    Backpropagation backpropagation(packed, kRows);
    const Matrix& logits = backpropagation.forward(packed, batch.features, batch.rows, dropout);
    std::vector<float> kept;
    for (std::size_t row = 0; row < kRows; ++row) kept.push_back(logits(row, 0) * (1.0F - dropout.rate));
    return kept;
}

TEST(Dropout, KeepsTheShareItShouldAndAnotherSetInEachRowAndStep) {
    const auto kept = kept_units({0.3F, 1, 0});
    // 1000 draws of 0.7: a standard deviation of 14.5.
    for (const float units : kept) EXPECT_NEAR(units, 700.0F, 75.0F);
    EXPECT_NEAR(std::accumulate(kept.begin(), kept.end(), 0.0F) / kRows, 700.0F, 19.0F);
    EXPECT_EQ(kept_units({0.3F, 1, 0}), kept);
    EXPECT_NE(kept_units({0.3F, 1, 1}), kept);
    EXPECT_NE(kept_units({0.3F, 2, 0}), kept);
    EXPECT_NE(kept[0], kept[1]);
    EXPECT_EQ(kept_units({0.0F, 1, 0})[0], 1000.0F);
}

TEST(GradientDropout, EqualsDifferenceQuotientsWithTheSameUnitsDropped) {
    const Batch batch;
    Head start = make_head({.hidden = 40, .layers = 2, .shape = "mlp"}, kInputs, kGenres, 3);
    // Units far from the bend of their ReLU, so that the quotient's step may be large enough for losses in
    // float.
    for (std::size_t i = 0; i < 2; ++i) {
        for (float& bias : start.layers[i].bias.values()) bias = 5.0F;
    }
    PackedHead head = pack(start);
    Backpropagation backpropagation(head, kRows);
    Matrix slope(kRows, kGenres);
    const auto loss = [&] {
        const Matrix& logits = backpropagation.forward(head, batch.features, batch.rows, {0.4F, 7, 1});
        return cross_entropy(logits, batch.labels, 0.0, slope).loss;
    };
    loss();
    backpropagation.backward(head, slope);
    const Head gradient = gradient_of(head, backpropagation);
    for (std::size_t i = 0; i < kInputs; i += 5) {
        for (std::size_t output = 0; output < 40; output += 3) {
            float& weight = head.layers[0].weight(i, output);
            const float before = weight;
            weight = before + 0x1.0p-7F;
            const double above = loss();
            weight = before - 0x1.0p-7F;
            const double below = loss();
            weight = before;
            // Logits in float near 4 are good to 2.4e-7, two losses of them to twice that, the quotient to 64 times
            // as much; another compiler's order of sums has been 3.4e-5 away.
            EXPECT_NEAR(gradient.layers[0].weight(output, i), (above - below) / 0x1.0p-6, 6e-5);
        }
    }
}

}  // namespace
}  // namespace melvit
