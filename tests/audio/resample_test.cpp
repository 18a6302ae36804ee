#include "melvit/audio/resample.h"

#include "tests/audio/sound_bytes.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace melvit {
namespace {

/// Pushes pieces of 1152 samples, as an MP3 decoder does.
std::vector<float> resample(const std::vector<float>& input, int from_hz, int to_hz, ResampleEngine engine) {
    Resampler resampler(from_hz, to_hz, engine);
    std::vector<float> output;
    for (std::size_t i = 0; i < input.size(); i += 1152) {
        resampler.push(std::span(input).subspan(i, std::min<std::size_t>(1152, input.size() - i)), output);
    }
    resampler.finish(output);
    return output;
}

std::vector<float> middle_half(const std::vector<float>& samples) {
    const auto quarter = static_cast<std::ptrdiff_t>(samples.size() / 4);
    return {samples.begin() + quarter, samples.end() - quarter};
}

class ResampleTest : public testing::TestWithParam<ResampleEngine> {};

TEST_P(ResampleTest, AToneInTheBandKeepsItsPlaceAndAmplitude) {
    for (const int from_hz : {8000, 11025, 44100, 48000, 96000, 192000}) {
        const std::vector<float> output = resample(test::tone(3000, 2, from_hz), from_hz, 22050, GetParam());
        const std::vector<float> expected = test::tone(3000, 2, 22050);
        ASSERT_EQ(output.size(), expected.size()) << from_hz;
        // -80 dB of the tone; a shift by a hundredth of a sample would be -41 dB.
        for (std::size_t i = output.size() / 4; i < output.size() * 3 / 4; ++i) {
            ASSERT_NEAR(output[i], expected[i], 5e-5) << from_hz << " Hz, sample " << i;
        }
    }
}

TEST_P(ResampleTest, AToneNearTheEdgeOfTheBandLosesLessThanOnePercent) {
    const std::vector<float> output = resample(test::tone(9900, 2, 44100), 44100, 22050, GetParam());
    EXPECT_NEAR(test::rms(middle_half(output)), 0.5 / std::sqrt(2.0), 0.0035);
}

TEST_P(ResampleTest, AToneThatTheTargetCannotCarryVanishes) {
    for (const double frequency_hz : {12200.0, 15000.0, 20000.0}) {
        const std::vector<float> output =
            resample(test::tone(frequency_hz, 2, 44100), 44100, 22050, GetParam());
        const double decibels = 20 * std::log10(test::rms(middle_half(output)) * std::sqrt(2.0) / 0.5);
        EXPECT_LT(decibels, -80) << frequency_hz << " Hz";
    }
}

TEST_P(ResampleTest, TheCountOfSamplesIsRightToTheLastOne) {
    for (const int from_hz : {4000, 11025, 32000, 44100, 48000, 96000, 192000}) {
        for (const std::size_t count : {1U, 10U, 999U, 48001U}) {
            const std::vector<float> output =
                resample(std::vector<float>(count, 0.25F), from_hz, 22050, GetParam());
            const double expected = static_cast<double>(count) * 22050 / from_hz;
            EXPECT_NEAR(static_cast<double>(output.size()), expected, 0.51) << from_hz << " Hz, " << count;
        }
    }
}

TEST_P(ResampleTest, TheTailIsSoundAndNotPadding) {
    const std::vector<float> output = resample(test::tone(440, 1, 44100), 44100, 22050, GetParam());
    const std::vector<float> tail(output.end() - 500, output.end());
    EXPECT_NEAR(test::rms(tail), 0.5 / std::sqrt(2.0), 0.03);
}

TEST_P(ResampleTest, EqualRatesPassThroughUntouched) {
    const std::vector<float> input = test::tone(440, 0.1, 22050);
    EXPECT_EQ(resample(input, 22050, 22050, GetParam()), input);
}

INSTANTIATE_TEST_SUITE_P(Engines, ResampleTest,
                         testing::Values(ResampleEngine::best, ResampleEngine::polyphase),
                         [](const auto& test_case) {
                             return test_case.param == ResampleEngine::best ? "best" : "polyphase";
                         });

}  // namespace
}  // namespace melvit
