#include "melvit/nn/panel_product.h"

#include "melvit/core/random.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace melvit::nn {
namespace {

std::vector<float> random_floats(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> values(count);
    for (float& value : values) value = random.uniform(-1.0F, 1.0F);
    return values;
}

/// The sum over k of left(row, k) panel(k, column), in double.
double exact_sum(const std::vector<float>& left, std::size_t stride, const float* panel, std::size_t inner,
                 std::pair<std::size_t, std::size_t> cell) {
    double sum = 0.0;
    for (std::size_t k = 0; k < inner; ++k) {
        sum += static_cast<double>(left[k * stride + cell.first]) * panel[k * kPanelColumns + cell.second];
    }
    return sum;
}

TEST(PanelProduct, EqualsTheSumsForEveryNumberOfRows) {
    constexpr std::size_t kInner = 37;
    constexpr std::size_t kStride = kStripRows + 3;
    const auto left = random_floats(kInner * kStride, 1);
    const auto panel = random_floats(kInner * kPanelColumns, 2);
    for (std::size_t rows = 1; rows <= kStripRows; ++rows) {
        std::vector<float> product(rows * kPanelColumns);
        multiply({left.data(), kStride, rows}, panel.data(), kInner, product.data());
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < kPanelColumns; ++column) {
                // 37 roundings of sums below 10.
                EXPECT_NEAR(product[row * kPanelColumns + column],
                            exact_sum(left, kStride, panel.data(), kInner, {row, column}), 1e-5);
            }
        }
    }
}

TEST(PanelProduct, AddsToWhatIsThere) {
    constexpr std::size_t kInner = 5;
    const auto left = random_floats(kInner * kStripRows, 3);
    const auto panel = random_floats(kInner * kPanelColumns, 4);
    std::vector<float> product(kStripRows * kPanelColumns, 7.0F);
    multiply_add({left.data(), kStripRows, kStripRows - 1}, panel.data(), kInner, product.data());
    EXPECT_NEAR(product[kPanelColumns + 2], 7.0 + exact_sum(left, kStripRows, panel.data(), kInner, {1, 2}),
                1e-5);
    EXPECT_EQ(product[(kStripRows - 1) * kPanelColumns], 7.0F);  // a row that the factor does not have
}

TEST(PanelProduct, GivesARowTheSameBitsWhateverStandsBesideIt) {
    constexpr std::size_t kInner = 200;
    const auto left = random_floats(kInner * kStripRows, 5);
    const auto panel = random_floats(kInner * kPanelColumns, 6);
    std::vector<float> together(kStripRows * kPanelColumns);
    multiply({left.data(), kStripRows, kStripRows}, panel.data(), kInner, together.data());
    for (std::size_t row = 0; row < kStripRows; ++row) {
        std::vector<float> alone(kPanelColumns);
        multiply({left.data() + row, kStripRows, 1}, panel.data(), kInner, alone.data());
        for (std::size_t c = 0; c < kPanelColumns; ++c)
            EXPECT_EQ(alone[c], together[row * kPanelColumns + c]);
    }
}

TEST(PanelProduct, OfNothingIsZero) {
    std::vector<float> product(2 * kPanelColumns, 7.0F);
    multiply({nullptr, kStripRows, 2}, nullptr, 0, product.data());
    EXPECT_EQ(product.back(), 0.0F);
}

TEST(PanelProduct, TurnsABlock) {
    const auto from = random_floats(kPanelColumns * kPanelColumns, 7);
    std::vector<float> to(from.size());
    transpose_block(from.data(), to.data());
    for (std::size_t row = 0; row < kPanelColumns; ++row) {
        for (std::size_t column = 0; column < kPanelColumns; ++column) {
            EXPECT_EQ(to[column * kPanelColumns + row], from[row * kPanelColumns + column]);
        }
    }
}

TEST(PanelProduct, TurnsAPieceOfAPanelIntoAPieceOfAStripWithZerosBelow) {
    constexpr std::size_t kRows = kStripRows - 2;
    constexpr std::size_t kColumns = kPanelColumns - 1;
    const auto from = random_floats(kRows * kPanelColumns, 8);
    std::vector<float> to((kColumns + 1) * kStripRows, 7.0F);
    panel_to_strip(from.data(), kRows, kColumns, to.data());
    for (std::size_t column = 0; column < kColumns; ++column) {
        for (std::size_t row = 0; row < kStripRows; ++row) {
            const float expected = row < kRows ? from[row * kPanelColumns + column] : 0.0F;
            EXPECT_EQ(to[column * kStripRows + row], expected);
        }
    }
    EXPECT_EQ(to[kColumns * kStripRows], 7.0F);
}

TEST(PanelProduct, FillsTheLastPanelAndStripUpWithZeros) {
    Panels panels(3, kPanelColumns + 1);
    EXPECT_EQ(panels.panels(), 2U);
    panels(2, kPanelColumns) = 5.0F;
    EXPECT_EQ(panels.at(1, 2)[0], 5.0F);
    EXPECT_EQ(panels.at(1, 2)[1], 0.0F);
    EXPECT_EQ(Strips(kStripRows + 1, 4).strips(), 2U);
}

TEST(SquareRoot, IsExactInEachLane) {
    Vector x{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) x[lane] = static_cast<float>(lane * lane);
    const Vector root = square_root(x);
    for (std::size_t lane = 0; lane < kLanes; ++lane) EXPECT_EQ(root[lane], static_cast<float>(lane));
}

TEST(SquareRoot, IsRightToAUnitInTheLastPlaceOverItsRange) {
    Vector x{};
    for (const float first : {0.0F, 1.2e-38F, 3e-20F, 0.7F, 5e10F, 3e37F}) {
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            x[lane] = first * (1.0F + 0.3F * static_cast<float>(lane));
        const Vector root = square_root(x);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double exact = std::sqrt(static_cast<double>(x[lane]));
            EXPECT_NEAR(root[lane], exact, 1.2e-7 * exact) << x[lane];
        }
    }
}

TEST(FlushSubnormalsTest, TakesThemForZeroAndPutsTheThreadBackAfterwards) {
#if !defined(__SSE__)
    GTEST_SKIP() << "only x86 processors are asked to";
#endif
    volatile float tiny = 1e-38F;
    {
        const FlushSubnormals flush;
        EXPECT_EQ(tiny * 0.1F, 0.0F);
    }
    EXPECT_GT(tiny * 0.1F, 0.0F);
}

}  // namespace
}  // namespace melvit::nn
