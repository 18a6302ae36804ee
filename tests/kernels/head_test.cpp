#include "melvit/core/matrix.h"
#include "melvit/core/random.h"

#include "tests/kernels/levels.h"

#include <cmath>

namespace melvit::kernels::test {
namespace {

AlignedFloats random_floats(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    AlignedFloats values(count);
    for (float& value : values) value = random.uniform(-1.0F, 1.0F);
    return values;
}

class HeadKernels : public LevelTest {
protected:
    const std::size_t NR = table.panel_columns;

    /// The sum over k of a(row, k) b(k, column), in double.
    double exact_sum(const Tile& tile, std::size_t row, std::size_t column) const {
        double sum = 0.0;
        for (std::size_t k = 0; k < tile.inner; ++k)
            sum += static_cast<double>(tile.a[k * tile.a_stride + row]) *
                   static_cast<double>(tile.b[k * NR + column]);
        return sum;
    }
};
INSTANTIATE_TEST_SUITE_P(Levels, HeadKernels, ::testing::ValuesIn(levels_here()), level_name);

TEST_P(HeadKernels, MultiplyTilesOfEveryHeight) {
    const auto a = random_floats(37 * (kTileRows + 3), 1);
    const auto b = random_floats(37 * NR, 2);
    for (std::size_t rows = 1; rows <= kTileRows; ++rows) {
        for (const bool accumulate : {false, true}) {
            for (const bool relu : {false, true}) {
                AlignedFloats c(kTileRows * NR, 0.25F);
                const Tile tile{.a = a.data(),
                                .a_stride = kTileRows + 3,
                                .rows = rows,
                                .b = b.data(),
                                .inner = 37,
                                .c = c.data(),
                                .accumulate = accumulate,
                                .relu = relu,
                                .prefetch = {{b.data(), a.data()}, 20}};
                table.multiply_tile(tile);
                for (std::size_t row = 0; row < kTileRows; ++row) {
                    for (std::size_t column = 0; column < NR; ++column) {
                        double expected = exact_sum(tile, row, column) + (accumulate ? 0.25 : 0.0);
                        if (relu) expected = std::max(expected, 0.0);
                        // 37 roundings of sums below 10.
                        ASSERT_NEAR(c[row * NR + column], row < rows ? expected : 0.25, 1e-5);
                    }
                }
            }
        }
    }
}

TEST_P(HeadKernels, GiveARowTheSameBitsWhateverStandsBesideIt) {
    const auto a = random_floats(200 * kTileRows, 5);
    const auto b = random_floats(200 * NR, 6);
    AlignedFloats together(kTileRows * NR);
    table.multiply_tile(
        {.a = a.data(), .rows = kTileRows, .b = b.data(), .inner = 200, .c = together.data()});
    for (std::size_t row = 0; row < kTileRows; ++row) {
        AlignedFloats alone(NR);
        table.multiply_tile({.a = a.data() + row, .rows = 1, .b = b.data(), .inner = 200, .c = alone.data()});
        for (std::size_t c = 0; c < NR; ++c) EXPECT_EQ(alone[c], together[row * NR + c]);
    }
}

TEST_P(HeadKernels, OfNothingIsZero) {
    AlignedFloats c(2 * NR, 7.0F);
    table.multiply_tile({.rows = 2, .c = c.data()});
    EXPECT_EQ(c.back(), 0.0F);
}

TEST_P(HeadKernels, TransposeABlock) {
    const auto from = random_floats(NR * NR, 7);
    AlignedFloats to(from.size());
    table.transpose_block(from.data(), to.data());
    for (std::size_t row = 0; row < NR; ++row) {
        for (std::size_t column = 0; column < NR; ++column)
            ASSERT_EQ(to[column * NR + row], from[row * NR + column]);
    }
}

TEST_P(HeadKernels, MakeMicroPanelsWithZerosInRowsThatAreNotThere) {
    const std::size_t columns = NR - 1;
    const auto from = random_floats(kTileRows * NR, 8);
    for (const std::size_t rows : {kTileRows - 2, kTileRows, std::size_t{1}}) {
        AlignedFloats to((columns + 1) * kTileRows, 7.0F);
        table.to_micro_panel(from.data(), NR, rows, columns, to.data());
        for (std::size_t column = 0; column < columns; ++column) {
            for (std::size_t row = 0; row < kTileRows; ++row)
                ASSERT_EQ(to[column * kTileRows + row], row < rows ? from[row * NR + column] : 0.0F);
        }
        EXPECT_EQ(to[columns * kTileRows], 7.0F);
    }
}

TEST_P(HeadKernels, PassGradientsWhereAUnitWasActive) {
    const std::vector<float> output{1.0F, 0.0F, -0.0F, 2.0F, 0.5F};
    std::vector<float> gradient(5, 3.0F);
    table.relu_gradient(output.data(), 2.0F, 5, gradient.data());
    EXPECT_EQ(gradient, (std::vector<float>{6.0F, 0.0F, 0.0F, 6.0F, 6.0F}));
}

TEST_P(HeadKernels, DropTheSameUnitsAsTheBaseline) {
    std::vector<float> units(301, 1.0F);
    std::vector<float> expected = units;
    table.drop_units(12345U, 7, 0x60000000U, 1.6F, units.size(), units.data());
    kernels_of(IsaLevel::baseline).drop_units(12345U, 7, 0x60000000U, 1.6F, expected.size(), expected.data());
    EXPECT_EQ(units, expected);
    EXPECT_NEAR(static_cast<double>(std::count(units.begin(), units.end(), 0.0F)), 0.375 * 301, 30);
}

TEST_P(HeadKernels, TakeAStepOfAdamW) {
    const AdamWStep step{.keep_weight = 0.999F,
                         .keep_mean = 0.9F,
                         .add_mean = 0.1F,
                         .keep_square = 0.999F,
                         .add_square = 0.001F,
                         .step_size = 0.01F,
                         .root_scale = 1.5F,
                         .epsilon = 1e-8F};
    const std::size_t count = 3 * NR;
    const auto gradient = random_floats(count, 1);
    const auto weight = random_floats(count, 2);
    for (const float first_square : {0.0F, 1.2e-38F, 3e-20F, 0.7F, 5e10F}) {
        auto mean = random_floats(count, 3);
        const auto mean_before = mean;
        AlignedFloats square(count, first_square);
        AlignedFloats changed(count);
        table.adamw(step, gradient.data(), count, mean.data(), square.data(), weight.data(), changed.data());
        for (std::size_t i = 0; i < count; ++i) {
            const double m =
                0.9 * static_cast<double>(mean_before[i]) + 0.1 * static_cast<double>(gradient[i]);
            const double v = 0.999 * static_cast<double>(first_square) +
                             0.001 * std::pow(static_cast<double>(gradient[i]), 2);
            const double expected =
                0.999 * static_cast<double>(weight[i]) - 0.01 * m / (1.5 * std::sqrt(v) + 1e-8);
            EXPECT_NEAR(mean[i], m, 1e-7);
            EXPECT_NEAR(square[i], v, 1e-6 * v);
            EXPECT_NEAR(changed[i], expected, 2e-6 * std::max(1.0, std::abs(expected)));
        }
    }
}

}  // namespace
}  // namespace melvit::kernels::test
