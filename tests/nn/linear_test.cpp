#include "melvit/nn/linear.h"

#include "tests/support/matrices.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit::nn {
namespace {

using test::random_matrix;

Operand operand_of_rows(const Matrix& matrix, Precision precision) {
    Operand operand(matrix.rows(), matrix.columns(), precision);
    for (std::size_t r = 0; r < matrix.rows(); ++r) operand.set_row(r, matrix.row(r));
    return operand;
}

Matrix run(const Linear& layer, const Operand& x, const Matrix& before) {
    Matrix y = before;
    layer.into({y.data(), y.rows(), y.columns()}, x);
    return y;
}

TEST(Linear, InInt8IsTheProductOfTheQuantisedValues) {
    const Matrix weight = random_matrix(45, 67, 1);
    const Matrix bias = random_matrix(1, 45, 2);
    const Operand x = operand_of_rows(random_matrix(13, 67, 3), Precision::int8);
    const QuantisedWeights quantised = quantise_weights(weight, 0);
    const Matrix y = run(Linear({weight, bias}, Precision::int8), x, Matrix(13, 45));
    for (std::size_t r = 0; r < 13; ++r) {
        const QuantParams params = x.all().params(r);
        for (std::size_t o = 0; o < 45; ++o) {
            double sum = 0;
            for (std::size_t i = 0; i < 67; ++i)
                sum += (x.all().quantised(r, i) - params.zero_point) * quantised.values[o * 67 + i];
            sum *= static_cast<double>(params.scale) * static_cast<double>(quantised.scale[o]);
            EXPECT_NEAR(y(r, o), sum + static_cast<double>(bias(0, o)), 1e-5);
        }
    }
}

TEST(Linear, InInt8OfWeightsOrRowsThatAreNoNumbersGivesNoNumbers) {
    Matrix weight = random_matrix(5, 8, 1);
    weight(2, 3) = std::numeric_limits<float>::quiet_NaN();
    Matrix x = random_matrix(2, 8, 3);
    x(1, 0) = std::numeric_limits<float>::infinity();
    const Linear layer({weight, Matrix(1, 5)}, Precision::int8);

    const Matrix y = run(layer, operand_of_rows(x, Precision::int8), Matrix(2, 5));

    for (std::size_t o = 0; o < 5; ++o) {
        EXPECT_EQ(std::isnan(y(0, o)), o == 2) << o;
        EXPECT_TRUE(std::isnan(y(1, o))) << o;
    }
}

TEST(QuantisedWeightsTest, OfAnOutputOfZerosAreZero) {
    const QuantisedWeights quantised = quantise_weights(Matrix(2, 3), 4);
    EXPECT_EQ(quantised.values, std::vector<std::int8_t>(6, 0));
    EXPECT_EQ(quantised.scale, std::vector<float>(6, 0.0F));
}

TEST(Linear, InBf16IsTheProductOfTheRoundedFactors) {
    const Matrix weight = random_matrix(45, 67, 1);
    const Matrix bias = random_matrix(1, 45, 2);
    const Matrix x = random_matrix(13, 67, 3);
    const auto rounded = [](float value) {
        float y = 0;
        kernels::kernels().round_to_bf16(&value, 1, &y);
        return static_cast<double>(y);
    };
    const Matrix y =
        run(Linear({weight, bias}, Precision::bf16), operand_of_rows(x, Precision::bf16), Matrix(13, 45));
    for (std::size_t r = 0; r < 13; ++r) {
        for (std::size_t o = 0; o < 45; ++o) {
            double sum = static_cast<double>(bias(0, o));
            for (std::size_t i = 0; i < 67; ++i) sum += rounded(x(r, i)) * rounded(weight(o, i));
            EXPECT_NEAR(y(r, o), sum, 1e-5);
        }
    }
}

TEST(Linear, FillsSomeColumnsOfRowsAndLeavesTheOthersAlone) {
    const Matrix weight = random_matrix(45, 67, 1);
    const Matrix bias = random_matrix(1, 45, 2);
    const Matrix before = random_matrix(13, 60, 4);
    for (const Precision precision : kPrecisions) {
        const Operand x = operand_of_rows(random_matrix(13, 67, 3), precision);
        for (const PostOp post_op : {PostOp::none, PostOp::gelu, PostOp::add}) {
            const Linear layer({weight, bias}, precision, post_op);
            Matrix dense_before(13, 45);
            for (std::size_t r = 0; r < 13; ++r)
                std::ranges::copy(before.row(r).subspan(7, 45), dense_before.row(r).begin());
            const Matrix expected = run(layer, x, dense_before);
            Matrix wide = before;

            layer.into(Rows{wide.data(), 13, 60}.columns_from({7, 52}), x);

            for (std::size_t r = 0; r < 13; ++r) {
                for (std::size_t c = 0; c < 60; ++c) {
                    const bool inside = c >= 7 && c < 52;
                    EXPECT_EQ(wide(r, c), inside ? expected(r, c - 7) : before(r, c)) << r << ", " << c;
                }
            }
        }
    }
}

TEST(Linear, GivesARowTheSameBitsWhateverIsInTheOthersAndHoweverManyThereAre) {
    const Matrix weight = random_matrix(96, 192, 1);
    const Matrix bias = random_matrix(1, 96, 2);
    const Matrix x = random_matrix(197, 192, 3);
    for (const Precision precision : kPrecisions) {
        const Linear layer({weight, bias}, precision);
        const Matrix expected = run(layer, operand_of_rows(x, precision), Matrix(197, 96));
        for (const std::size_t kept : {0UL, 102UL, 196UL}) {
            Matrix others = random_matrix(197, 192, 4);
            std::ranges::copy(x.row(kept), others.row(kept).begin());
            const Matrix y = run(layer, operand_of_rows(others, precision), Matrix(197, 96));
            EXPECT_TRUE(std::ranges::equal(y.row(kept), expected.row(kept)))
                << name_of(precision) << ", " << kept;
            EXPECT_FALSE(std::ranges::equal(y.row(50), expected.row(50))) << name_of(precision);
        }
        const Matrix some = run(layer, operand_of_rows(x, precision), Matrix(4, 96));
        EXPECT_TRUE(std::ranges::equal(some.values(), expected.values().first(some.size())))
            << name_of(precision);
    }
}

TEST(Linear, KeepsWhatGeluIsTakenOf) {
    const Matrix weight = random_matrix(70, 20, 1);
    const Matrix bias = random_matrix(1, 70, 2);
    const Operand x = operand_of_rows(random_matrix(9, 20, 3), Precision::fp32);
    Matrix y(9, 70);
    Matrix kept(9, 70);
    Linear({weight, bias}, Precision::fp32, PostOp::gelu).into({y.data(), 9, 70}, x, kept.data());
    EXPECT_EQ(kept, run(Linear({weight, bias}, Precision::fp32), x, Matrix(9, 70)));
    EXPECT_NE(y, kept);
}

}  // namespace
}  // namespace melvit::nn
