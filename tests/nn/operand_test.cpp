#include "melvit/nn/operand.h"

#include "tests/support/matrices.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace melvit::nn {
namespace {

using test::random_matrix;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Operand int8_row(const std::vector<float>& x) {
    Operand operand(1, x.size(), Precision::int8);
    operand.set_row(0, x);
    return operand;
}

float decoded(const Operand& operand, std::size_t i) {
    const RowCode code = operand.all().row_code(0);
    return code.scale * static_cast<float>(operand.all().code(0, i) - code.zero);
}

TEST(Bf16, IsTheNearestOneWithTiesToEven) {
    EXPECT_EQ(to_bf16(1.0F), 0x3F80);
    EXPECT_EQ(to_bf16(-2.0F), 0xC000);
    EXPECT_EQ(to_bf16(0x1.01p0F), 0x3F80);        // half way between 0x3F80 and 0x3F81
    EXPECT_EQ(to_bf16(0x1.03p0F), 0x3F82);        // half way between 0x3F81 and 0x3F82
    EXPECT_EQ(to_bf16(0x1.010002p0F), 0x3F81);    // above half way
    EXPECT_EQ(to_bf16(0x1.FFFFFEp0F), 0x4000);    // carries into the exponent
    EXPECT_EQ(to_bf16(0x1.FFFFFEp127F), 0x7F80);  // rounds up to infinity
    EXPECT_EQ(from_bf16(0x3FC0), 1.5F);
}

TEST(Bf16, KeepsInfinitiesAndNaNs) {
    EXPECT_EQ(to_bf16(-kInfinity), 0xFF80);
    EXPECT_TRUE(std::isnan(from_bf16(to_bf16(kNaN))));
    EXPECT_TRUE(std::isnan(from_bf16(to_bf16(std::bit_cast<float>(0x7FFFFFFFU)))));
}

TEST(Int8, CodesAreWithinHalfAStepOfEveryNumber) {
    for (const std::size_t size : {1UL, 31UL, 32UL, 197UL}) {
        const Matrix x = random_matrix(1, size, size);
        const Operand operand = int8_row({x.values().begin(), x.values().end()});
        for (std::size_t i = 0; i < size; ++i) {
            EXPECT_NEAR(decoded(operand, i), x(0, i), 0.51 * operand.all().row_code(0).scale)
                << size << ", " << i;
        }
    }
}

TEST(Int8, UsesAllCodesOfARangeWithZeroInItAndKeepsZero) {
    const Operand wide = int8_row({-1.0F, 0.0F, 3.0F});
    EXPECT_EQ(wide.all().code(0, 0), 0);
    EXPECT_EQ(wide.all().code(0, 2), 255);
    EXPECT_EQ(decoded(wide, 1), 0.0F);
    const Operand positive = int8_row({2.0F, 4.0F});
    EXPECT_EQ(positive.all().row_code(0).zero, 0);
    EXPECT_EQ(positive.all().code(0, 1), 255);
    const Operand negative = int8_row({-2.0F, -4.0F});
    EXPECT_EQ(negative.all().code(0, 1), 0);
    EXPECT_EQ(negative.all().row_code(0).zero, 255);
}

TEST(Int8, OfZerosAndOfNumbersTooSmallForAStepIsZero) {
    for (const float value : {0.0F, 1e-44F, -1e-44F}) {
        const Operand operand = int8_row({value, value});
        EXPECT_NEAR(decoded(operand, 0), 0.0F, 1e-37F) << value;
    }
}

TEST(Int8, OfARowWithoutFiniteNumbersHasNoScale) {
    for (const float bad : {kNaN, kInfinity, -kInfinity}) {
        for (const std::size_t place : {0UL, 20UL, 33UL}) {
            std::vector<float> x(34, 1.0F);
            x[place] = bad;
            EXPECT_TRUE(std::isnan(int8_row(x).all().row_code(0).scale)) << bad << " at " << place;
        }
    }
    EXPECT_TRUE(std::isnan(int8_row({3e38F, -3e38F}).all().row_code(0).scale));  // the range overflows
}

TEST(Operand, OfTokensInFp32KeepsTheirMemory) {
    Tokens tokens(2, 3);
    std::fill_n(tokens.data(), 6, 1.5F);
    const float* memory = tokens.data();
    const Operand operand(std::move(tokens), Precision::fp32);
    EXPECT_EQ(operand.all().fp32(0).data(), memory);
    EXPECT_EQ(operand.all().fp32(1)[2], 1.5F);
}

}  // namespace
}  // namespace melvit::nn
