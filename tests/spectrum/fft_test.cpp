#include "melvit/spectrum/fft.h"

#include "melvit/core/random.h"

#include <cmath>
#include <complex>
#include <gtest/gtest.h>
#include <numbers>

namespace melvit {
namespace {

/// The transform of one lane by its definition.
std::vector<std::complex<double>> by_definition(const LaneSignals& signals, std::size_t lane) {
    const std::size_t length = signals.re.size() / kLanes;
    std::vector<std::complex<double>> spectrum(length);
    for (std::size_t k = 0; k < length; ++k) {
        for (std::size_t n = 0; n < length; ++n) {
            const double turn = static_cast<double>(n * k % length) / static_cast<double>(length);
            spectrum[k] +=
                std::complex<double>(signals.re[n * kLanes + lane], signals.im[n * kLanes + lane]) *
                std::polar(1.0, -2 * std::numbers::pi * turn);
        }
    }
    return spectrum;
}

class LaneFftTest : public testing::TestWithParam<std::size_t> {};

TEST_P(LaneFftTest, EqualsTheDefinitionInEveryLane) {
    const std::size_t length = GetParam();
    LaneSignals signals(length);
    Random random(length);
    for (double& value : signals.re) value = random.uniform(-1, 1);
    for (double& value : signals.im) value = random.uniform(-1, 1);
    const LaneSignals before = signals;
    LaneFft(length).transform(signals);
    const double size = std::sqrt(static_cast<double>(length));  // of a typical coefficient
    for (const std::size_t lane : {std::size_t{0}, kLanes / 2, kLanes - 1}) {
        const auto expected = by_definition(before, lane);
        for (std::size_t k = 0; k < length; ++k) {
            ASSERT_NEAR(signals.re[k * kLanes + lane], expected[k].real(), 1e-14 * size) << "bin " << k;
            ASSERT_NEAR(signals.im[k * kLanes + lane], expected[k].imag(), 1e-14 * size) << "bin " << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(OfManyLengths, LaneFftTest,
                         testing::Values(1, 2, 3, 4, 5, 8, 16, 30, 31, 64, 77, 200, 441, 961, 1024));

TEST(LargestFactor, IsTheLargestPrimeThatDivides) {
    EXPECT_EQ(LaneFft::largest_factor(1), 1U);
    EXPECT_EQ(LaneFft::largest_factor(1024), 2U);
    EXPECT_EQ(LaneFft::largest_factor(200), 5U);
    EXPECT_EQ(LaneFft::largest_factor(441), 7U);
    EXPECT_EQ(LaneFft::largest_factor(2 * 37), 37U);
    EXPECT_EQ(LaneFft::largest_factor(16381), 16381U);
}

}  // namespace
}  // namespace melvit
