#include "melvit/nn/gelu.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>

namespace melvit::nn {
namespace {

float gelu_of(float x) {
    return gelu(Vector{} + x)[0];
}

TEST(Gelu, IsExactFromTailToTail) {
    for (int i = -120'000; i <= 120'000; ++i) {
        const float x = static_cast<float>(i) * 1e-4F;
        const double exact = 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2));
        ASSERT_NEAR(gelu_of(x), exact, 3e-7 * std::max(1.0, std::abs(static_cast<double>(x)))) << x;
    }
}

TEST(Gelu, IsZeroOrTheNumberItselfFarOut) {
    for (const float x : {6.0F, 100.0F, 1e30F}) {
        EXPECT_FLOAT_EQ(gelu_of(x), x);
        EXPECT_EQ(gelu_of(-x), 0.0F);
    }
    EXPECT_TRUE(std::isnan(gelu_of(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace melvit::nn
