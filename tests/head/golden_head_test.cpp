#include "melvit/core/random.h"
#include "melvit/core/rounding.h"
#include "melvit/core/safetensors.h"
#include "melvit/head/adamw.h"
#include "melvit/head/loss.h"

#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

namespace melvit {
namespace {

constexpr std::size_t kSteps = 10;
constexpr std::size_t kStride = 997;  // of tools/make_golden_head.py
constexpr double kTolerance = 1e-5;

struct Case {
    std::string name;
    HeadConfig head;
    std::size_t inputs, genres, batch;
    double smoothing, lr, weight_decay;
};

/// Every weight of a layer within the tolerance where torch's are known, and their sum.
void expect_equal(const SafetensorsFile& file, const std::string& name, std::span<const float> values,
                  std::size_t stride) {
    const AlignedFloats some = file.at(name + ".some").to_floats(name);
    ASSERT_EQ(some.size(), divided_up(values.size(), stride));
    for (std::size_t i = 0; i < some.size(); ++i)
        EXPECT_NEAR(values[i * stride], some[i], kTolerance) << name;
    const float sum = file.at(name + ".sum").to_floats(name)[0];
    const double mine = std::accumulate(values.begin(), values.end(), 0.0);
    // The sum of n independent errors of a tenth of the tolerance.
    EXPECT_NEAR(mine, sum, 0.1 * kTolerance * std::sqrt(static_cast<double>(values.size())) + 1e-4) << name;
}

class GoldenHead : public testing::TestWithParam<Case> {};

TEST_P(GoldenHead, TakesTenStepsAsTorchDoes) {
    const Case& golden = GetParam();
    const SafetensorsFile file(test::golden("head.safetensors"));
    Random feature_numbers(2);
    Matrix features(2 * golden.batch, golden.inputs);
    for (float& value : features.values()) value = feature_numbers.uniform(-1.0F, 1.0F);
    Random label_numbers(3);
    std::vector<std::size_t> labels(2 * golden.batch);
    for (std::size_t& label : labels) label = label_numbers.bits() % golden.genres;
    std::vector<std::size_t> rows(labels.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});

    PackedHead head = pack(make_head(golden.head, golden.inputs, golden.genres, 1));
    Backpropagation gradient(head, golden.batch);
    AdamW optimiser(head, {.weight_decay = golden.weight_decay});
    Matrix slope(golden.batch, golden.genres);
    const AlignedFloats losses = file.at(golden.name + ".losses").to_floats("losses");
    for (std::size_t step = 0; step < kSteps; ++step) {
        const std::size_t first = step % 2 * golden.batch;
        const Matrix& logits =
            gradient.forward(head, features, std::span(rows).subspan(first, golden.batch), {});
        const auto batch_labels = std::span(labels).subspan(first, golden.batch);
        const BatchLoss loss = cross_entropy(logits, batch_labels, golden.smoothing, slope);
        EXPECT_NEAR(loss.loss, losses[step], kTolerance) << "step " << step;
        gradient.backward(head, slope);
        optimiser.step(head, gradient, golden.lr);
    }
    const Head trained = unpack(head);
    for (std::size_t i = 0; i < trained.layers.size(); ++i) {
        const std::string layer = golden.name + ".layers." + std::to_string(i);
        expect_equal(file, layer + ".weight", trained.layers[i].weight.values(), kStride);
        expect_equal(file, layer + ".bias", trained.layers[i].bias.values(), 1);
    }
}

INSTANTIATE_TEST_SUITE_P(
    , GoldenHead,
    testing::Values(Case{"study", {}, 768, 10, 100, 0.0, 0.0016, 0.012},
                    Case{"mlp", {.hidden = 50, .layers = 2, .shape = "mlp"}, 45, 7, 33, 0.1, 0.003, 0.05}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace melvit
