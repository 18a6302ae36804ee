#include "melvit/head/adamw.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace melvit {
namespace {

/// A linear head of one feature and two genres, and a batch of one row that holds 0: only the biases have a
/// gradient.
struct TinyHead {
    PackedHead head = pack(make_head({.layers = 0, .shape = "mlp"}, 1, 2, 1));
    Backpropagation gradient{head, 1};
    Matrix features{1, 1};
    std::vector<std::size_t> rows{0};

    void backward(float slope) {
        gradient.forward(head, features, rows, {});
        Matrix logit_gradient(1, 2);
        logit_gradient(0, 0) = slope;
        gradient.backward(head, logit_gradient);
    }
};

TEST(AdamWTest, StepsByTheLearningRateFirstWhateverTheSizeOfTheGradient) {
    for (const float slope : {1e-3F, 1.0F, 1e3F}) {
        TinyHead tiny;
        const float before = unpack(tiny.head).layers[0].bias(0, 0);
        AdamW optimiser(tiny.head, {.weight_decay = 0.0});
        tiny.backward(slope);
        optimiser.step(tiny.head, tiny.gradient, 0.01);
        // epsilon / slope of the step is 1e-5 at most.
        EXPECT_NEAR(unpack(tiny.head).layers[0].bias(0, 0), before - 0.01, 3e-7);
    }
}

TEST(AdamWTest, ShrinksWeightsAndBiasesWithoutGradientByTheirDecayOnly) {
    TinyHead tiny;
    const Head before = unpack(tiny.head);
    AdamW optimiser(tiny.head, {.weight_decay = 0.5});
    tiny.backward(1.0F);
    optimiser.step(tiny.head, tiny.gradient, 0.1);
    const Head after = unpack(tiny.head);
    EXPECT_FLOAT_EQ(after.layers[0].weight(0, 0), before.layers[0].weight(0, 0) * 0.95F);
    EXPECT_FLOAT_EQ(after.layers[0].bias(0, 1), before.layers[0].bias(0, 1) * 0.95F);
}

TEST(AdamWTest, FollowsItsEquationsOverSteps) {
    TinyHead tiny;
    double bias = unpack(tiny.head).layers[0].bias(0, 0);
    double mean = 0.0;
    double square = 0.0;
    AdamW optimiser(tiny.head, {.weight_decay = 0.02});
    for (int step = 1; step <= 20; ++step) {
        const double slope = std::sin(step);
        const double lr = 0.01 / step;
        tiny.backward(static_cast<float>(slope));
        optimiser.step(tiny.head, tiny.gradient, lr);
        mean = 0.9 * mean + 0.1 * slope;
        square = 0.999 * square + 0.001 * slope * slope;
        bias -= lr * 0.02 * bias;
        bias -=
            lr * mean / (1 - std::pow(0.9, step)) / (std::sqrt(square / (1 - std::pow(0.999, step))) + 1e-8);
        EXPECT_NEAR(unpack(tiny.head).layers[0].bias(0, 0), bias, 1e-6) << "step " << step;
    }
}

TEST(AdamWTest, WritesTheSameIntoAnotherHead) {
    TinyHead tiny;
    tiny.backward(0.3F);
    const PackedHead before = tiny.head;
    AdamW apart(tiny.head, {});
    AdamW in_place(tiny.head, {});
    PackedHead other = pack(make_head({.layers = 0, .shape = "mlp"}, 1, 2, 99));
    apart.step(before, other, tiny.gradient, 0.1);
    in_place.step(tiny.head, tiny.gradient, 0.1);
    EXPECT_EQ(unpack(other).layers[0].weight, unpack(tiny.head).layers[0].weight);
    EXPECT_EQ(unpack(other).layers[0].bias, unpack(tiny.head).layers[0].bias);
    EXPECT_NE(unpack(other).layers[0].bias, unpack(before).layers[0].bias);
}

}  // namespace
}  // namespace melvit
