#include "melvit/nn/gemm.h"

#include "tests/support/matrices.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace melvit::nn {
namespace {

using test::random_matrix;

double element(const Factor& factor, std::size_t row, std::size_t column) {
    return factor.transposed ? factor.data[column * factor.stride + row]
                             : factor.data[row * factor.stride + column];
}

double expected(const Product& product, const Factor& a, const Factor& b, std::size_t row,
                std::size_t column) {
    double sum = 0;
    for (std::size_t i = 0; i < product.inner; ++i) sum += element(a, row, i) * element(b, i, column);
    return product.alpha * sum;
}

struct Case {
    std::string name;
    bool a_transposed;
    bool b_transposed;
};

class SgemmTest : public testing::TestWithParam<Case> {};

TEST_P(SgemmTest, EqualsTheSumsInDoublePrecisionWithinWiderMatrices) {
    const Product product{.rows = 37, .columns = 53, .inner = 91, .alpha = 0.5F, .beta = -2.0F};
    const Matrix a_memory = random_matrix(100, 100, 1);
    const Matrix b_memory = random_matrix(100, 101, 2);
    const Factor a{a_memory.data() + 3, a_memory.columns(), GetParam().a_transposed};
    const Factor b{b_memory.data() + 5, b_memory.columns(), GetParam().b_transposed};
    const Matrix before = random_matrix(40, 60, 3);
    Matrix c = before;

    sgemm(product, a, b, c.data(), c.columns());

    for (std::size_t row = 0; row < c.rows(); ++row) {
        for (std::size_t column = 0; column < c.columns(); ++column) {
            const bool inside = row < product.rows && column < product.columns;
            const double want = inside ? expected(product, a, b, row, column) - 2.0 * before(row, column)
                                       : before(row, column);
            // 91 products of numbers below 1 in fp32.
            ASSERT_NEAR(c(row, column), want, inside ? 2e-5 : 0.0) << row << ", " << column;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Transposes, SgemmTest,
                         testing::Values(Case{"Neither", false, false}, Case{"A", true, false},
                                         Case{"B", false, true}, Case{"Both", true, true}),
                         [](const auto& one) { return one.param.name; });

TEST(Sgemm, WithBetaZeroDoesNotReadWhatTheResultHeld) {
    const Matrix a = random_matrix(4, 5, 1);
    const Matrix b = random_matrix(6, 5, 2);
    Matrix c(4, 6);
    for (float& value : c.values()) value = std::numeric_limits<float>::quiet_NaN();

    sgemm({.rows = 4, .columns = 6, .inner = 5}, factor(a), transposed(b), c.data(), 6);

    for (const float value : c.values()) EXPECT_TRUE(std::isfinite(value));
}

TEST(Sgemm, OfAnEmptySumScalesTheResult) {
    const Matrix nothing;
    Matrix c(1, 2);
    c(0, 0) = 3.0F;
    sgemm({.rows = 1, .columns = 2, .inner = 0, .beta = 2.0F}, {nullptr, 0}, {nullptr, 2}, c.data(), 2);
    EXPECT_EQ(c(0, 0), 6.0F);
    sgemm({.rows = 1, .columns = 2, .inner = 0}, {nullptr, 0}, {nullptr, 2}, c.data(), 2);
    EXPECT_EQ(c(0, 0), 0.0F);
}

}  // namespace
}  // namespace melvit::nn
