#include "melvit/nn/engine.h"

#include "melvit/nn/coded_weights.h"
#include "melvit/nn/processor.h"

#include "tests/support/matrices.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace melvit::nn {
namespace {

using test::random_matrix;

using Engine = std::unique_ptr<const LinearEngine>;

struct Layer {
    Matrix weight, bias;
};

Layer layer_of(std::size_t outputs, std::size_t inputs) {
    return {random_matrix(outputs, inputs, 1), random_matrix(1, outputs, 2)};
}

Operand operand_of_rows(const Matrix& matrix, Precision precision) {
    Operand operand(matrix.rows(), matrix.columns(), precision);
    for (std::size_t r = 0; r < matrix.rows(); ++r) operand.set_row(r, matrix.row(r));
    return operand;
}

/// All that this processor has for a precision.
std::vector<Engine> engines_of(const Layer& layer, After after, Precision precision) {
    std::vector<Engine> engines;
    const LinearWeights weights{layer.weight, layer.bias};
    if (Engine panels = make_panel_engine(weights, after, precision)) engines.push_back(std::move(panels));
    if (numbers_of(precision) != Numbers::codes16)
        engines.push_back(make_onednn_engine(weights, after, precision));
    return engines;
}

Matrix run(const LinearEngine& engine, const Operand& x, const Matrix& before) {
    Matrix y = before;
    engine.run(x, {y.data(), y.rows(), y.columns()}, {0, engine.blocks()});
    return y;
}

double after_of(After after, double sum, float before) {
    if (after == After::gelu) return 0.5 * sum * (1 + std::erf(sum / std::sqrt(2.0)));
    return after == After::add ? sum + static_cast<double>(before) : sum;
}

/// The product of the codes in double precision: what int8 has to give but for the last bits of fp32.
Matrix product_of_codes(const Layer& layer, const Operand& x, After after, const Matrix& before) {
    const CodedWeights coded = encode_weights(layer.weight, 0);
    const std::size_t I = layer.weight.columns();
    Matrix y = before;
    for (std::size_t r = 0; r < y.rows(); ++r) {
        const RowCode row = x.all().row_code(r);
        for (std::size_t o = 0; o < y.columns(); ++o) {
            double sum = 0;
            for (std::size_t i = 0; i < I; ++i)
                sum += (x.all().code(r, i) - row.zero) * coded.codes[o * I + i];
            sum = sum * static_cast<double>(row.scale) * static_cast<double>(coded.scale[o]) +
                  static_cast<double>(layer.bias(0, o));
            y(r, o) = static_cast<float>(after_of(after, sum, before(r, o)));
        }
    }
    return y;
}

double largest_difference(const Matrix& a, const Matrix& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference =
            std::abs(static_cast<double>(a.data()[i]) - static_cast<double>(b.data()[i]));
        if (!(difference <= largest)) largest = difference;  // so that NaN wins
    }
    return largest;
}

constexpr After kAfters[] = {After::nothing, After::gelu, After::add};

TEST(Int8Engines, GiveTheProductOfTheCodesForSizesThatFillNoRegisterAndNoPair) {
    const Layer layer = layer_of(45, 67);
    const Matrix before = random_matrix(13, 45, 4);
    const Operand x = operand_of_rows(random_matrix(13, 67, 3), Precision::int8);
    for (const After after : kAfters) {
        const Matrix expected = product_of_codes(layer, x, after, before);
        for (const Engine& engine : engines_of(layer, after, Precision::int8))
            EXPECT_LT(largest_difference(run(*engine, x, before), expected), 1e-5);
    }
}

TEST(Int8Engines, LoseNothingWhereEveryCodeIsAtItsLimit) {
    Layer layer = layer_of(20, 3072);
    std::ranges::fill(layer.weight.values(), 1.0F);
    Matrix x(2, 3072);
    std::ranges::fill(x.values(), 1.0F);
    const Operand operand = operand_of_rows(x, Precision::int8);
    const Matrix zeros(2, 20);
    const Matrix expected = product_of_codes(layer, operand, After::nothing, zeros);
    const Engine engine = make_engine({layer.weight, layer.bias}, After::nothing, Precision::int8);
    EXPECT_LT(largest_difference(run(*engine, operand, zeros), expected), 1e-3);  // of 3072
}

TEST(Int8Engines, OfWeightsOrRowsThatAreNoNumbersGiveNoNumbers) {
    Layer layer = layer_of(5, 8);
    layer.weight(2, 3) = std::numeric_limits<float>::quiet_NaN();
    Matrix x = random_matrix(2, 8, 3);
    x(1, 0) = std::numeric_limits<float>::infinity();
    const Engine engine = make_engine({layer.weight, layer.bias}, After::nothing, Precision::int8);

    const Matrix y = run(*engine, operand_of_rows(x, Precision::int8), Matrix(2, 5));

    for (std::size_t o = 0; o < 5; ++o) {
        EXPECT_EQ(std::isnan(y(0, o)), o == 2) << o;
        EXPECT_TRUE(std::isnan(y(1, o))) << o;
    }
}

TEST(Int8Weights, OfAnOutputOfZerosAreZero) {
    const CodedWeights coded = encode_weights(Matrix(2, 3), 4);
    EXPECT_EQ(coded.codes, std::vector<std::int8_t>(6, 0));
    EXPECT_EQ(coded.scale, std::vector<float>(6, 0.0F));
}

TEST(Bf16Engine, GivesTheProductOfTheRoundedFactors) {
    const Layer layer = layer_of(45, 67);
    const Matrix before = random_matrix(13, 45, 4);
    const Matrix x = random_matrix(13, 67, 3);
    for (const After after : kAfters) {
        Matrix expected = before;
        for (std::size_t r = 0; r < expected.rows(); ++r) {
            for (std::size_t o = 0; o < expected.columns(); ++o) {
                double sum = static_cast<double>(layer.bias(0, o));
                for (std::size_t i = 0; i < 67; ++i) {
                    sum += static_cast<double>(rounded_to_bf16(x(r, i))) *
                           static_cast<double>(rounded_to_bf16(layer.weight(o, i)));
                }
                expected(r, o) = static_cast<float>(after_of(after, sum, before(r, o)));
            }
        }
        for (const Engine& engine : engines_of(layer, after, Precision::bf16))
            EXPECT_LT(largest_difference(run(*engine, operand_of_rows(x, Precision::bf16), before), expected),
                      1e-5);
    }
}

TEST(Engines, FillSomeColumnsOfRowsAndLeaveTheOthersAlone) {
    const Layer layer = layer_of(45, 67);
    const Matrix before = random_matrix(13, 60, 4);
    for (const Precision precision : kPrecisions) {
        const Operand x = operand_of_rows(random_matrix(13, 67, 3), precision);
        for (const After after : kAfters) {
            for (const Engine& engine : engines_of(layer, after, precision)) {
                Matrix dense_before(13, 45);
                for (std::size_t r = 0; r < 13; ++r)
                    std::ranges::copy(before.row(r).subspan(7, 45), dense_before.row(r).begin());
                const Matrix expected = run(*engine, x, dense_before);
                Matrix wide = before;

                engine->run(x, Rows{wide.data(), 13, 60}.columns_from({7, 52}), {0, engine->blocks()});

                for (std::size_t r = 0; r < 13; ++r) {
                    for (std::size_t c = 0; c < 60; ++c) {
                        const bool inside = c >= 7 && c < 52;
                        EXPECT_EQ(wide(r, c), inside ? expected(r, c - 7) : before(r, c)) << r << ", " << c;
                    }
                }
            }
        }
    }
}

TEST(Engines, MakeEachBlockOfOutputsByItselfWithTheBitsOfAll) {
    const Layer layer = layer_of(150, 67);
    const Matrix before = random_matrix(13, 150, 4);
    for (const Precision precision : kPrecisions) {
        const Operand x = operand_of_rows(random_matrix(13, 67, 3), precision);
        for (const Engine& engine : engines_of(layer, After::add, precision)) {
            const Matrix expected = run(*engine, x, before);
            Matrix y = before;
            Rows rows{y.data(), 13, 150};
            for (std::size_t block = engine->blocks(); block-- > 1;) engine->run(x, rows, {block, block + 1});
            // The first block, at least one output, is still to come.
            const bool several = engine->blocks() > 1;
            EXPECT_EQ(y(12, 0), before(12, 0));
            EXPECT_EQ(y(12, 149) == expected(12, 149), several);
            engine->run(x, rows, {0, 1});
            EXPECT_EQ(y, expected);
        }
    }
}

TEST(Engines, OfEveryPrecisionGiveARowTheSameBitsWhateverIsInTheOthers) {
    const Layer layer = layer_of(96, 192);
    const Matrix x = random_matrix(197, 192, 3);
    for (const std::size_t kept : {0UL, 102UL, 196UL}) {
        Matrix others = random_matrix(197, 192, 4);
        std::ranges::copy(x.row(kept), others.row(kept).begin());
        for (const Precision precision : kPrecisions) {
            for (const Engine& engine : engines_of(layer, After::nothing, precision)) {
                const Matrix expected = run(*engine, operand_of_rows(x, precision), Matrix(197, 96));
                const Matrix y = run(*engine, operand_of_rows(others, precision), Matrix(197, 96));
                EXPECT_TRUE(std::ranges::equal(y.row(kept), expected.row(kept)))
                    << name_of(precision) << ", row " << kept;
                EXPECT_FALSE(std::ranges::equal(y.row(50), expected.row(50))) << name_of(precision);
            }
        }
    }
}

TEST(PanelEngine, GivesARowTheSameBitsWhateverTheNumberOfRows) {
    const Layer layer = layer_of(70, 50);
    const Matrix x = random_matrix(13, 50, 3);
    for (const Precision precision : kPrecisions) {
        const Engine engine = make_panel_engine({layer.weight, layer.bias}, After::gelu, precision);
        if (!engine) continue;  // bf16 and VNNI, on processors that a generic build does not know
        const Matrix all = run(*engine, operand_of_rows(x, precision), Matrix(13, 70));
        const Matrix some = run(*engine, operand_of_rows(x, precision), Matrix(4, 70));
        EXPECT_TRUE(std::ranges::equal(some.values(), all.values().first(some.size()))) << name_of(precision);
        EXPECT_NE(some(3, 69), 0.0F);
    }
}

}  // namespace
}  // namespace melvit::nn
