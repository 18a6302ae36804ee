#include "melvit/spectrum/fft.h"

#include "melvit/core/random.h"

#include <cmath>
#include <complex>
#include <cstdint>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace melvit {
namespace {

/// The transform by its definition.
std::vector<std::complex<double>> by_definition(const std::vector<std::complex<double>>& signal) {
    const std::size_t length = signal.size();
    std::vector<std::complex<double>> spectrum(length);
    for (std::size_t k = 0; k < length; ++k) {
        for (std::size_t n = 0; n < length; ++n) {
            const double turn = static_cast<double>(n * k % length) / static_cast<double>(length);
            spectrum[k] += signal[n] * std::polar(1.0, -2 * std::numbers::pi * turn);
        }
    }
    return spectrum;
}

template <class Number>
std::vector<Number> random_numbers(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<Number> numbers(count);
    for (Number& number : numbers) number = random.uniform(-1, 1);
    return numbers;
}

class LaneFftTest : public testing::TestWithParam<std::size_t> {};

TEST_P(LaneFftTest, EqualsTheDefinitionInEveryLane) {
    const std::size_t length = GetParam();
    const std::vector<float> samples = random_numbers<float>(3 * length + frame_lanes(), length);
    const std::vector<double> window = random_numbers<double>(2 * length, length + 1);
    std::vector<std::size_t> places(2 * length);  // neither in order nor apart: lanes overlap
    for (std::size_t n = 0; n < 2 * length; ++n) places[n] = n * 7 % (3 * length + 1);
    LaneFft fft(length);
    const LaneSignals& spectrum = fft.transform({samples.data(), places.data(), window.data()});
    const double size = std::sqrt(static_cast<double>(length));  // of a typical coefficient
    for (const std::size_t lane : {std::size_t{0}, frame_lanes() / 2, frame_lanes() - 1}) {
        std::vector<std::complex<double>> frame;
        for (std::size_t n = 0; n < length; ++n) {
            frame.emplace_back(window[2 * n] * static_cast<double>(samples[places[2 * n] + lane]),
                               window[2 * n + 1] * static_cast<double>(samples[places[2 * n + 1] + lane]));
        }
        const auto expected = by_definition(frame);
        for (std::size_t k = 0; k < length; ++k) {
            ASSERT_NEAR(spectrum.re[k * frame_lanes() + lane], expected[k].real(), 1e-14 * size)
                << "bin " << k;
            ASSERT_NEAR(spectrum.im[k * frame_lanes() + lane], expected[k].imag(), 1e-14 * size)
                << "bin " << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(OfManyLengths, LaneFftTest,
                         testing::Values(1, 2, 3, 4, 5, 8, 16, 30, 31, 64, 77, 128, 200, 441, 512, 961,
                                         1024));

TEST(RootsOfUnity, EqualSinesAndCosines) {
    for (const std::size_t length : {std::size_t{1}, std::size_t{6}, std::size_t{8}, std::size_t{2048}}) {
        const auto roots = roots_of_unity(length);
        ASSERT_EQ(roots.size(), length);
        for (std::size_t n = 0; n < length; ++n) {
            const double turn = static_cast<double>(n) / static_cast<double>(length);
            ASSERT_NEAR(roots[n].re, std::cos(2 * std::numbers::pi * turn), 1e-15) << n << " of " << length;
            ASSERT_NEAR(roots[n].im, -std::sin(2 * std::numbers::pi * turn), 1e-15) << n << " of " << length;
        }
    }
}

TEST(LargestFactor, IsTheLargestPrimeThatDivides) {
    EXPECT_EQ(LaneFft::largest_factor(1), 1U);
    EXPECT_EQ(LaneFft::largest_factor(1024), 2U);
    EXPECT_EQ(LaneFft::largest_factor(200), 5U);
    EXPECT_EQ(LaneFft::largest_factor(441), 7U);
    EXPECT_EQ(LaneFft::largest_factor(74), 37U);
    EXPECT_EQ(LaneFft::largest_factor(16381), 16381U);
}

}  // namespace
}  // namespace melvit
