#include "melvit/core/random.h"
#include "melvit/nn/attention.h"
#include "melvit/nn/layer_norm.h"
#include "melvit/nn/linear.h"
#include "melvit/nn/mlp.h"

#include "tests/support/matrices.h"
#include "tests/support/threads.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>
#include <thread>
#include <vector>

namespace melvit::nn {
namespace {

using test::random_matrix;

constexpr Precision kFp32 = Precision::fp32;

Operand operand_of(const Matrix& matrix, Precision precision = kFp32) {
    Operand operand(matrix.rows(), matrix.columns(), precision);
    for (std::size_t r = 0; r < matrix.rows(); ++r) operand.set_row(r, matrix.row(r));
    return operand;
}

Tokens tokens_of(const Matrix& matrix) {
    Tokens tokens(matrix.rows(), matrix.columns());
    std::ranges::copy(matrix.values(), tokens.data());
    return tokens;
}

/// x weight^T + bias in double precision.
double linear(const Matrix& x, const LinearWeights& w, std::size_t row, std::size_t output) {
    double sum = w.bias(0, output);
    for (std::size_t i = 0; i < x.columns(); ++i) {
        sum += static_cast<double>(x(row, i)) * static_cast<double>(w.weight(output, i));
    }
    return sum;
}

double gelu(double x) {
    return 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2));
}

TEST(Linear, GivesTheSumsOfDoublePrecisionWithWhatComesAfter) {
    const Matrix weight = random_matrix(45, 67, 1);
    const Matrix bias = random_matrix(1, 45, 2);
    const Matrix x = random_matrix(13, 67, 3);
    const Matrix before = random_matrix(13, 45, 4);
    const LinearWeights weights{weight, bias};
    const Operand input = operand_of(x);

    const Tokens plain = Linear(weights, kFp32)(input);
    const Tokens after_gelu = Linear(weights, kFp32, PostOp::gelu)(input);
    Tokens sum = tokens_of(before);
    Linear(weights, kFp32, PostOp::add).into(sum, input);

    for (std::size_t r = 0; r < 13; ++r) {
        for (std::size_t c = 0; c < 45; ++c) {
            const double expected = linear(x, weights, r, c);
            EXPECT_NEAR(plain.row(r)[c], expected, 1e-5);
            EXPECT_NEAR(after_gelu.row(r)[c], gelu(expected), 1e-5);
            EXPECT_NEAR(sum.row(r)[c], expected + static_cast<double>(before(r, c)), 1e-5);
        }
    }
}

TEST(Linear, HasTheExactGeluFromTailToTail) {
    const Matrix one(1, 1);
    Matrix weight(1, 1);
    weight(0, 0) = 1.0F;
    constexpr std::size_t kSteps = 4001;
    const Linear layer({weight, one}, kFp32, PostOp::gelu);
    Matrix x(kSteps, 1);
    for (std::size_t i = 0; i < kSteps; ++i) x(i, 0) = static_cast<float>(i) * 0.005F - 10.0F;

    const Tokens y = layer(operand_of(x));

    // erf is a polynomial (Abramowitz and Stegun 7.1.26, 1.5e-7).
    for (std::size_t i = 0; i < kSteps; ++i) {
        const double value = x(i, 0);
        ASSERT_NEAR(y.row(i)[0], gelu(value), 1e-6 * std::max(1.0, std::abs(value))) << value;
    }
}

TEST(Linear, GivesTheSameBitsInTwoThreadsAtOnce) {
    const Matrix weight = random_matrix(256, 128, 1);
    const Matrix bias = random_matrix(1, 256, 2);
    const Matrix x = random_matrix(197, 128, 3);
    const Linear layer({weight, bias}, kFp32, PostOp::gelu);
    Matrix results[2] = {Matrix(197, 256), Matrix(197, 256)};

    std::vector<std::jthread> threads;
    for (Matrix& result : results) {
        threads.emplace_back([&] {
            const Operand input = operand_of(x);
            for (int i = 0; i < 20; ++i) std::copy_n(layer(input).data(), result.size(), result.data());
        });
    }
    threads.clear();

    EXPECT_EQ(results[0], results[1]);
    EXPECT_NE(results[0](0, 0), 0.0F);
}

TEST(LayerNorm, GivesMeanZeroAndDeviationOneThenScalesAndShifts) {
    const Matrix x = random_matrix(3, 101, 1);  // fills no register
    const Matrix weight = random_matrix(1, 101, 2);
    const Matrix bias = random_matrix(1, 101, 3);

    const Operand y = LayerNorm(weight, bias, 1e-6F, kFp32)(tokens_of(x));

    for (std::size_t r = 0; r < x.rows(); ++r) {
        double mean = 0;
        double variance = 0;
        for (const float value : x.row(r)) mean += static_cast<double>(value) / 101;
        for (const float value : x.row(r)) variance += std::pow(static_cast<double>(value) - mean, 2) / 101;
        for (std::size_t i = 0; i < x.columns(); ++i) {
            const double normed = (static_cast<double>(x(r, i)) - mean) / std::sqrt(variance + 1e-6);
            EXPECT_NEAR(y.all().fp32(r)[i], normed * weight(0, i) + bias(0, i), 1e-6);
        }
    }
}

TEST(LayerNorm, KeepsItsPrecisionFarFromZero) {
    Matrix x = random_matrix(1, 64, 1);
    for (float& value : x.values()) value += 1000.0F;  // leaves 14 bits for the differences
    Matrix weight(1, 64);
    std::ranges::fill(weight.values(), 1.0F);

    const Operand y = LayerNorm(weight, Matrix(1, 64), 1e-6F, kFp32)(tokens_of(x));

    double squares = 0;
    for (const float value : y.all().fp32(0))
        squares += static_cast<double>(value) * static_cast<double>(value);
    EXPECT_NEAR(squares / 64, 1.0, 1e-3);
}

/// Attention in double precision, row after row.
Matrix attention(const Matrix& x, const AttentionWeights& w, std::size_t heads) {
    const std::size_t D = x.columns();
    const std::size_t d = D / heads;
    Matrix attended(x.rows(), D);
    for (std::size_t r = 0; r < x.rows(); ++r) {
        for (std::size_t head = 0; head < heads; ++head) {
            std::vector<double> weights;
            double sum = 0;
            for (std::size_t other = 0; other < x.rows(); ++other) {
                double score = 0;
                for (std::size_t i = head * d; i < (head + 1) * d; ++i) {
                    score += linear(x, w.qkv, r, i) * linear(x, w.qkv, other, D + i);
                }
                sum += weights.emplace_back(std::exp(score / std::sqrt(static_cast<double>(d))));
            }
            for (std::size_t i = head * d; i < (head + 1) * d; ++i) {
                double value = 0;
                for (std::size_t other = 0; other < x.rows(); ++other) {
                    value += weights[other] / sum * linear(x, w.qkv, other, 2 * D + i);
                }
                attended(r, i) = static_cast<float>(value);
            }
        }
    }
    Matrix result(x.rows(), D);
    for (std::size_t r = 0; r < x.rows(); ++r) {
        for (std::size_t i = 0; i < D; ++i) result(r, i) = static_cast<float>(linear(attended, w.proj, r, i));
    }
    return result;
}

TEST(Attention, EqualsItsFormulaForAllQueriesAndForTheFirstAlone) {
    constexpr std::size_t kWidth = 12;
    constexpr std::size_t kCount = 21;
    const Matrix qkv = random_matrix(3 * kWidth, kWidth, 1);
    const Matrix qkv_bias = random_matrix(1, 3 * kWidth, 2);
    const Matrix proj = random_matrix(kWidth, kWidth, 3);
    const Matrix proj_bias = random_matrix(1, kWidth, 4);
    const AttentionWeights weights{{qkv, qkv_bias}, {proj, proj_bias}};
    const Matrix x = random_matrix(kCount, kWidth, 5);
    const Matrix expected = attention(x, weights, 2);

    const Attention layer(weights, 2, kFp32);
    for (const std::size_t queries : {kCount, std::size_t{1}}) {
        Tokens sum = tokens_of(x);
        sum.slice({0, queries}) += layer(operand_of(x), queries);
        for (std::size_t r = 0; r < kCount; ++r) {
            for (std::size_t i = 0; i < kWidth; ++i) {
                EXPECT_NEAR(sum.row(r)[i], x(r, i) + (r < queries ? expected(r, i) : 0.0F), 1e-5)
                    << r << ", " << i;
            }
        }
    }
}

TEST(Attention, OnSeveralThreadsGivesTheBitsOfOne) {
    constexpr std::size_t kWidth = 24;
    constexpr std::size_t kCount = 150;
    const Matrix qkv = random_matrix(3 * kWidth, kWidth, 1);
    const Matrix qkv_bias = random_matrix(1, 3 * kWidth, 2);
    const Matrix proj = random_matrix(kWidth, kWidth, 3);
    const Matrix proj_bias = random_matrix(1, kWidth, 4);
    const Matrix x = random_matrix(kCount, kWidth, 5);
    for (const Precision precision : {Precision::fp32, Precision::int8}) {
        const Attention layer({{qkv, qkv_bias}, {proj, proj_bias}}, 3, precision);
        const auto sum_on = [&](std::size_t threads) {
            const test::Threads scope(threads);
            Tokens sum = tokens_of(x);
            sum += layer(operand_of(x, precision), kCount);
            return sum;
        };
        const Tokens expected = sum_on(1);
        for (const std::size_t threads : {2UL, 4UL}) {
            const Tokens sum = sum_on(threads);
            EXPECT_TRUE(std::equal(sum.data(), sum.data() + kCount * kWidth, expected.data())) << threads;
        }
        EXPECT_NE(expected.row(0)[0], x(0, 0));
    }
}

TEST(Mlp, EqualsItsFormulaWhateverThePartsOfHiddenUnits) {
    for (const std::size_t hidden : {1UL, 3UL, 500UL, 1700UL}) {  // one part and several
        const Matrix fc1 = random_matrix(hidden, 8, 1);
        const Matrix fc1_bias = random_matrix(1, hidden, 2);
        const Matrix fc2 = random_matrix(8, hidden, 3);
        const Matrix fc2_bias = random_matrix(1, 8, 4);
        const LinearWeights first{fc1, fc1_bias};
        const Matrix x = random_matrix(5, 8, 5);

        Tokens sum = tokens_of(x);
        sum += Mlp(first, {fc2, fc2_bias}, kFp32)(operand_of(x));

        for (std::size_t r = 0; r < 5; ++r) {
            for (std::size_t i = 0; i < 8; ++i) {
                double expected = static_cast<double>(x(r, i)) + static_cast<double>(fc2_bias(0, i));
                for (std::size_t unit = 0; unit < hidden; ++unit)
                    expected += gelu(linear(x, first, r, unit)) * static_cast<double>(fc2(i, unit));
                EXPECT_NEAR(sum.row(r)[i], expected, 2e-4) << hidden;  // up to 1700 terms of about 1
            }
        }
    }
}

TEST(Mlp, OnSeveralThreadsGivesTheBitsOfOne) {
    const Matrix fc1 = random_matrix(3400, 64, 1);
    const Matrix fc1_bias = random_matrix(1, 3400, 2);
    const Matrix fc2 = random_matrix(200, 3400, 3);
    const Matrix fc2_bias = random_matrix(1, 200, 4);
    const Matrix x = random_matrix(30, 200, 5);
    const Matrix input = random_matrix(30, 64, 6);
    for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8}) {
        const Mlp mlp({fc1, fc1_bias}, {fc2, fc2_bias}, precision);
        const auto sum_on = [&](std::size_t threads) {
            const test::Threads scope(threads);
            Tokens sum = tokens_of(x);
            sum += mlp(operand_of(input, precision));
            return sum;
        };
        const Tokens expected = sum_on(1);
        for (const std::size_t threads : {2UL, 3UL, 9UL}) {
            const Tokens sum = sum_on(threads);
            EXPECT_TRUE(std::equal(sum.data(), sum.data() + x.size(), expected.data()))
                << name_of(precision) << ", " << threads;
        }
        EXPECT_NE(expected.row(0)[0], x(0, 0));
    }
}

// 67 products of factors up to 1: in bf16 each is off by 2^-8 at most, in int8 by some 1 / 255 of the ranges.
constexpr std::pair<Precision, double> kTolerances[] = {
    {Precision::fp32, 1e-5}, {Precision::bf16, 0.05}, {Precision::int8, 0.1}};

TEST(ResidualLinearTest, AddsItsFormulaToTheFirstRows) {
    for (const std::size_t outputs : {1UL, 2UL, 45UL, 193UL, 400UL}) {
        const Matrix weight = random_matrix(outputs, 67, 1);
        const Matrix bias = random_matrix(1, outputs, 2);
        const Matrix x = random_matrix(13, 67, 3);
        const Matrix before = random_matrix(11, outputs, 4);
        const LinearWeights weights{weight, bias};
        for (const auto& [precision, tolerance] : kTolerances) {
            const ResidualLinear layer(weights, precision);
            Tokens sum = tokens_of(before);
            sum += layer(operand_of(x, precision));
            for (std::size_t r = 0; r < 11; ++r) {
                for (std::size_t c = 0; c < outputs; ++c) {
                    EXPECT_NEAR(sum.row(r)[c], linear(x, weights, r, c) + static_cast<double>(before(r, c)),
                                tolerance)
                        << name_of(precision);
                }
            }
        }
    }
}

TEST(Workspace, AllocatesNothingOnceALayerHasRun) {
    const Matrix fc1 = random_matrix(100, 40, 1);
    const Matrix fc1_bias = random_matrix(1, 100, 2);
    const Matrix fc2 = random_matrix(40, 100, 3);
    const Matrix fc2_bias = random_matrix(1, 40, 4);
    const Mlp mlp({fc1, fc1_bias}, {fc2, fc2_bias}, kFp32);
    const Workspace& workspace = Workspace::of_this_thread();
    Tokens x = tokens_of(random_matrix(20, 40, 5));
    const LayerNorm norm(fc2_bias, fc2_bias, 1e-6F, kFp32);
    x += mlp(norm(x));
    const std::size_t buffers = workspace.buffers_made();

    for (int i = 0; i < 5; ++i) x += mlp(norm(x));

    EXPECT_EQ(workspace.buffers_made(), buffers);
}

}  // namespace
}  // namespace melvit::nn
