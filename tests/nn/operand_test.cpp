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

TEST(Int8, IsQuantisedWithinHalfAStepOfEveryNumber) {
    const Matrix x = random_matrix(1, 197, 1);
    Operand operand(1, 197, Precision::int8);
    operand.set_row(0, x.row(0));
    const QuantParams params = operand.all().params(0);
    for (std::size_t i = 0; i < 197; ++i) {
        const auto value = static_cast<float>(operand.all().quantised(0, i) - params.zero_point);
        EXPECT_NEAR(params.scale * value, x(0, i), 0.51 * params.scale) << i;
    }
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
