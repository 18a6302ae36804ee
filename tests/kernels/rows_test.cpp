#include "melvit/core/random.h"
#include "melvit/core/rounding.h"

#include "tests/kernels/levels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace melvit::kernels::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

class RowKernels : public LevelTest {
protected:
    float gelu_of(float x) const {
        float y = 0;
        table.gelu(&x, 1, &y);
        return y;
    }
    std::uint16_t bf16_of(float x) const {
        std::uint16_t y = 0;
        table.to_bf16(&x, 1, &y);
        return y;
    }
    /// In memory that goes on as the kernel asks for.
    float exponentiate(std::vector<float>& scores, float scale) const {
        const std::size_t count = scores.size();
        scores.resize(divided_up(count, 16) * 16 + 1, 1e30F);
        const float sum = table.exponentiate(scores.data(), count, scale);
        EXPECT_EQ(scores.back(), 1e30F);
        scores.resize(count);
        return sum;
    }
};
INSTANTIATE_TEST_SUITE_P(Levels, RowKernels, ::testing::ValuesIn(levels_here()), level_name);

TEST_P(RowKernels, HaveTheExactGeluFromTailToTail) {
    for (int i = -120'000; i <= 120'000; ++i) {
        const float x = static_cast<float>(i) * 1e-4F;
        const double exact = 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2));
        ASSERT_NEAR(gelu_of(x), exact, 3e-7 * std::max(1.0, std::abs(static_cast<double>(x)))) << x;
    }
    for (const float x : {6.0F, 100.0F, 1e30F}) {
        EXPECT_FLOAT_EQ(gelu_of(x), x);
        EXPECT_EQ(gelu_of(-x), 0.0F);
    }
    EXPECT_TRUE(std::isnan(gelu_of(kNaN)));
}

TEST_P(RowKernels, AddBytesByTheirWeight) {
    std::vector<std::uint8_t> bytes(259);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
    std::vector<float> sums(bytes.size() + 1, 1.0F);
    table.add_weighted_bytes(bytes.data(), bytes.size(), 0.25F, sums.data());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        ASSERT_EQ(sums[i], 1.0F + 0.25F * static_cast<float>(bytes[i]));
    EXPECT_EQ(sums.back(), 1.0F);
}

TEST_P(RowKernels, RoundToTheNearestBf16WithTiesToEven) {
    EXPECT_EQ(bf16_of(1.0F), 0x3F80);
    EXPECT_EQ(bf16_of(-2.0F), 0xC000);
    EXPECT_EQ(bf16_of(0x1.01p0F), 0x3F80);        // half way between 0x3F80 and 0x3F81
    EXPECT_EQ(bf16_of(0x1.03p0F), 0x3F82);        // half way between 0x3F81 and 0x3F82
    EXPECT_EQ(bf16_of(0x1.010002p0F), 0x3F81);    // above half way
    EXPECT_EQ(bf16_of(0x1.FFFFFEp0F), 0x4000);    // carries into the exponent
    EXPECT_EQ(bf16_of(0x1.FFFFFEp127F), 0x7F80);  // rounds up to infinity
    EXPECT_EQ(bf16_of(-kInf), 0xFF80);
    EXPECT_EQ(bf16_of(kNaN), 0x7FC0);
    EXPECT_EQ(bf16_of(std::bit_cast<float>(0x7FFFFFFFU)), 0x7FC0);
    const std::vector<float> x(19, 0x1.03p0F);
    std::vector<float> y(19);
    table.round_to_bf16(x.data(), x.size(), y.data());
    EXPECT_EQ(y, std::vector<float>(19, 0x1.04p0F));
}

TEST_P(RowKernels, QuantiseWithinHalfAStepAndAlikeInBothFormats) {
    for (const std::size_t size : {1UL, 31UL, 32UL, 197UL}) {
        Random random(size, 0);
        std::vector<float> x(size);
        for (float& value : x) value = random.uniform(-1.0F, 2.0F);
        std::vector<std::uint8_t> q(size);
        std::vector<std::int16_t> wide(size);
        const QuantParams params = table.quantise_u8(x.data(), size, q.data());
        const QuantParams same = table.quantise_s16(x.data(), size, wide.data());
        EXPECT_EQ(params.scale, same.scale);
        EXPECT_EQ(params.zero_point, same.zero_point);
        for (std::size_t i = 0; i < size; ++i) {
            EXPECT_NEAR(params.scale * static_cast<float>(q[i] - params.zero_point), x[i],
                        0.51 * params.scale);
            EXPECT_EQ(q[i], wide[i]);
        }
    }
}

TEST_P(RowKernels, QuantiseWithZeroInTheRangeAndNumbersThatAreNoneToNoScale) {
    const auto quantised = [&](const std::vector<float>& x) {
        std::vector<std::uint8_t> q(x.size());
        return std::pair{table.quantise_u8(x.data(), x.size(), q.data()), q};
    };
    EXPECT_EQ(quantised({-1.0F, 0.0F, 3.0F}).second, (std::vector<std::uint8_t>{0, 64, 255}));
    EXPECT_EQ(quantised({2.0F, 4.0F}).first.zero_point, 0);
    EXPECT_EQ(quantised({-2.0F, -4.0F}).first.zero_point, 255);
    for (const float tiny : {0.0F, 1e-44F, -1e-44F}) {
        const auto [params, q] = quantised({tiny, tiny});
        EXPECT_NEAR(params.scale * static_cast<float>(q[0] - params.zero_point), 0.0F, 1e-37F) << tiny;
    }
    for (const float bad : {kNaN, kInf, -kInf}) {
        for (const std::size_t place : {0UL, 20UL, 33UL}) {
            std::vector<float> x(34, 1.0F);
            x[place] = bad;
            EXPECT_TRUE(std::isnan(quantised(x).first.scale)) << bad << " at " << place;
        }
    }
    EXPECT_TRUE(std::isnan(quantised({3e38F, -3e38F}).first.scale));  // the range overflows
}

TEST_P(RowKernels, GiveTheExponentialsOfDoublePrecisionAndTheirSum) {
    Random random(1);
    for (const std::size_t size : {1UL, 15UL, 16UL, 197UL}) {  // with and without a register that is not full
        for (const float spread : {4.0F, 150.0F}) {
            std::vector<float> scores(size);
            for (float& score : scores) score = random.uniform(-spread, 0.5F * spread);
            std::vector<float> weights = scores;

            const float sum = exponentiate(weights, 0.25F);

            const auto highest = static_cast<double>(*std::ranges::max_element(scores));
            double expected_sum = 0;
            for (std::size_t i = 0; i < size; ++i) {
                const double expected = std::exp(0.25 * (static_cast<double>(scores[i]) - highest));
                expected_sum += expected;
                // A score of 100 is 4e-6 coarse, and so is then its exponential.
                ASSERT_NEAR(weights[i], expected, 1e-5 * expected + 1e-37) << i << " of " << size;
            }
            EXPECT_NEAR(sum, expected_sum, 1e-5 * expected_sum);
        }
    }
}

TEST_P(RowKernels, GiveNoNumberForScoresThatAreNone) {
    std::vector<float> low(5, -1000.0F);
    EXPECT_EQ(exponentiate(low, 1.0F), 5.0F);
    EXPECT_EQ(low, std::vector<float>(5, 1.0F));
    for (const float bad : {kNaN, kInf}) {
        for (const std::size_t place : {0UL, 4UL, 19UL}) {
            std::vector<float> scores(20, 0.5F);
            scores[place] = bad;
            EXPECT_TRUE(std::isnan(exponentiate(scores, 1.0F))) << bad << " at " << place;
        }
    }
}

TEST_P(RowKernels, NormaliseARowToMeanZeroAndDeviationOne) {
    for (const std::size_t size : {1UL, 12UL, 64UL, 197UL}) {
        std::vector<float> x(size);
        Random random(size, 1);
        for (float& value : x) value = 1000.0F + random.uniform(-1.0F, 1.0F);
        const std::vector<float> weight(size, 2.0F);
        const std::vector<float> bias(size, 0.5F);
        std::vector<float> y(size);
        table.layer_norm(x.data(), size, weight.data(), bias.data(), 1e-6F, y.data());
        double mean = 0;
        for (const float value : x) mean += static_cast<double>(value) / static_cast<double>(size);
        double variance = 0;
        for (const float value : x)
            variance += std::pow(static_cast<double>(value) - mean, 2) / static_cast<double>(size);
        for (std::size_t i = 0; i < size; ++i) {
            const double expected =
                2.0 * (static_cast<double>(x[i]) - mean) / std::sqrt(variance + 1e-6) + 0.5;
            // Numbers around 1000 are 6e-5 coarse, against a standard deviation of 0.58.
            EXPECT_NEAR(y[i], size == 1 ? 0.5 : expected, 1e-3) << size;
        }
    }
}

}  // namespace
}  // namespace melvit::kernels::test
