#include "melvit/spectrum/mel_spectrogram.h"

#include "melvit/core/random.h"
#include "melvit/spectrum/mel_filters.h"

#include "tests/spectrum/golden_file.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>

namespace melvit {
namespace {

MelConfig config_named(const std::string& name) {
    if (name == "m2d") return {16000, 400, 160, 80, 50, 8000, -80};
    if (name == "odd_factors") return {8000, 882, 300, 40, 20, 3900, -60};
    return {};
}

Waveform noise(std::size_t samples, float loudness, int rate_hz = 22050) {
    Waveform waveform{.samples = {}, .sample_rate_hz = rate_hz};
    Random random(3);
    for (std::size_t i = 0; i < samples; ++i) waveform.samples.push_back(loudness * random.uniform(-1, 1));
    return waveform;
}

std::string refusal(const Waveform& clip, const MelConfig& config) {
    try {
        mel_spectrogram(clip, config);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

// librosa transforms in doubles, as melvit does, but rounds the spectrum to floats: 2e-7 of a power is
// 1e-6 dB, and decibels near -80 themselves have steps of 8e-6.
constexpr float kTolerance = 5e-5F;

TEST(GoldenMelSpectrogram, EqualsLibrosaInEveryCell) {
    const std::vector<std::string> cases = test::golden_cases("mel.", ".samples");
    ASSERT_EQ(cases.size(), 18U);
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        const MelConfig config = config_named(name.substr(4, name.find('.', 4) - 4));
        Waveform clip{.samples = {}, .sample_rate_hz = config.sample_rate_hz};
        for (const std::int16_t sample : test::golden_integers<std::int16_t>(name + ".samples")) {
            clip.samples.push_back(static_cast<float>(sample) / 32768.0F);
        }
        const Matrix decibels = mel_spectrogram(clip, config).decibels;
        const Matrix expected = test::spectrum_golden().matrix(name + ".decibels");
        ASSERT_EQ(decibels.columns(), 1 + clip.samples.size() / static_cast<std::size_t>(config.hop));
        ASSERT_EQ(decibels.rows(), expected.rows());
        float worst = 0;
        for (std::size_t band = 0; band < expected.rows(); ++band) {
            for (std::size_t i = 0; i < expected.columns(); ++i) {  // every third frame, and the last one
                const std::size_t frame = std::min(3 * i, decibels.columns() - 1);
                worst = std::max(worst, std::abs(decibels(band, frame) - expected(band, i)));
            }
        }
        EXPECT_LE(worst, kTolerance);
    }
}

TEST(GoldenMelFilters, EqualLibrosasWeights) {
    for (const char* name : {"study", "m2d", "odd_factors"}) {
        SCOPED_TRACE(name);
        const std::vector<MelFilter> filters = mel_filters(config_named(name));
        const Matrix expected = test::spectrum_golden().matrix(std::string("filters.") + name);
        const std::size_t step = name == std::string("study") ? 8 : 4;
        for (std::size_t row = 0; row < expected.rows(); ++row) {
            const MelFilter& filter = filters.at(row * step);
            std::vector<float> weights(expected.columns());
            std::copy(filter.weights.begin(), filter.weights.end(),
                      weights.begin() + static_cast<std::ptrdiff_t>(filter.first_bin));
            for (std::size_t bin = 0; bin < weights.size(); ++bin) {
                ASSERT_NEAR(weights[bin], expected(row, bin), 1e-7)
                    << "filter " << row * step << ", bin " << bin;
            }
        }
    }
}

TEST(MelSpectrogram, StaysBetweenFloorAndZeroAndReachesZero) {
    const Matrix decibels = mel_spectrogram(noise(30000, 0.1F), {.floor_db = -12}).decibels;
    const auto [lowest, highest] = std::minmax_element(decibels.values().begin(), decibels.values().end());
    EXPECT_EQ(*lowest, -12.0F);
    EXPECT_EQ(*highest, 0.0F);
}

TEST(MelSpectrogram, DoesNotDependOnLoudness) {
    const Matrix loud = mel_spectrogram(noise(9000, 0.5F), {}).decibels;
    const Matrix soft = mel_spectrogram(noise(9000, 0.5F / 64), {}).decibels;
    for (std::size_t i = 0; i < loud.size(); ++i) EXPECT_NEAR(loud.values()[i], soft.values()[i], 1e-3);
}

TEST(MelSpectrogram, TellsTheTimeFromOneFrameToTheNext) {
    EXPECT_DOUBLE_EQ(mel_spectrogram(noise(4000, 0.1F), {}).seconds_per_frame, 512.0 / 22050);
}

TEST(MelSpectrogram, AToneIsLoudestInItsBand) {
    Waveform clip;
    for (int i = 0; i < 22050; ++i) {
        clip.samples.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * 2000 * i / 22050)));
    }
    const Matrix decibels = mel_spectrogram(clip, {}).decibels;
    std::size_t loudest = 0;
    for (std::size_t band = 0; band < decibels.rows(); ++band) {
        if (decibels(band, 20) > decibels(loudest, 20)) loudest = band;
    }
    const double bands_per_mel = 129 / mel_of_hz(11025);
    EXPECT_NEAR(static_cast<double>(loudest) + 1, mel_of_hz(2000) * bands_per_mel, 1);
}

TEST(MelScale, IsItsOwnInverseAndLinearBelowOneKilohertz) {
    for (const double hz : {0.0, 200.0, 999.0, 1000.0, 1001.0, 8000.0})
        EXPECT_NEAR(hz_of_mel(mel_of_hz(hz)), hz, 1e-9);
    EXPECT_DOUBLE_EQ(mel_of_hz(200), 3);
    EXPECT_NEAR(mel_of_hz(6400), 15 + 27, 1e-12);
}

TEST(BadClip, SilenceIsRefusedAndNotTurnedIntoZeros) {
    EXPECT_THROW(mel_spectrogram({std::vector<float>(30000, 0.0F), 22050}, {}), SilentClip);
    EXPECT_THROW(mel_spectrogram({std::vector<float>(30000, 1e-9F), 22050}, {}), SilentClip);
    EXPECT_EQ(refusal({std::vector<float>(3000, 0.0F), 22050}, {}),
              "clip: needs sound, it is silent throughout");
}

TEST(BadClip, AClipShorterThanOneWindowIsRefused) {
    EXPECT_EQ(refusal(noise(2047, 0.1F), {}), "clip: needs at least one window of 2048 samples, it has 2047");
    EXPECT_EQ(refusal(noise(0, 0.1F), {}), "clip: needs at least one window of 2048 samples, it has 0");
    EXPECT_EQ(refusal(noise(2048, 0.1F), {}), "");
}

TEST(BadClip, AnotherRateIsRefused) {
    EXPECT_EQ(refusal(noise(4000, 0.1F, 44100), {}), "clip: needs a rate of 22050 Hz, it has 44100");
}

TEST(BadClip, SamplesThatAreNoNumbersAreRefused) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        Waveform clip = noise(4000, 0.1F);
        clip.samples.back() = bad;
        EXPECT_NE(refusal(clip, {}).find("needs finite samples"), std::string::npos);
    }
    EXPECT_NE(refusal(noise(4000, 1e30F), {}).find("their power overflows"), std::string::npos);
}

TEST(BadMelConfig, EverySettingOutOfRangeIsNamed) {
    const auto expect_named = [](const MelConfig& config, const std::string& setting) {
        const std::string sentence = refusal(noise(4000, 0.1F), config);
        EXPECT_EQ(sentence.rfind("mel front end, " + setting + ": needs ", 0), 0U) << sentence;
    };
    expect_named({.sample_rate_hz = 0}, "sample_rate_hz");
    expect_named({.window = 0}, "window");
    expect_named({.window = 1023}, "window");
    expect_named({.window = 1 << 20}, "window");
    expect_named({.window = 2 * 997}, "window");
    expect_named({.hop = 0}, "hop");
    expect_named({.hop = -5}, "hop");
    expect_named({.bands = 0}, "bands");
    expect_named({.bands = 1 << 30}, "bands");
    expect_named({.lowest_hz = -1}, "lowest_hz");
    expect_named({.lowest_hz = 5000, .highest_hz = 5000}, "lowest_hz");
    expect_named({.lowest_hz = std::numeric_limits<float>::quiet_NaN()}, "lowest_hz");
    expect_named({.highest_hz = 11026}, "highest_hz");
    expect_named({.floor_db = 0}, "floor_db");
    expect_named({.floor_db = std::numeric_limits<float>::quiet_NaN()}, "floor_db");
}

TEST(BadMelConfig, ASpectrogramBeyondMemoryIsRefused) {
    const MelConfig config{.hop = 1, .bands = 4096};
    EXPECT_NE(refusal(noise(200000, 0.1F), config).find("cells"), std::string::npos);
}

}  // namespace
}  // namespace melvit
