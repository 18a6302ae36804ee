#include "melvit/audio/wav.h"

#include "melvit/audio/decode.h"
#include "melvit/core/error.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

TEST(Wav, WhatIsWrittenIsReadBackBitForBit) {
    const test::TempFolder folder;
    const Waveform written{.samples = {0.0F, 0.5F, -0.5F, 1.0F / 32768, -1.0F}, .sample_rate_hz = 16000};
    write_wav(folder / "a.wav", written);
    EXPECT_EQ(decode(folder / "a.wav", {.sample_rate_hz = 16000}).samples, written.samples);
}

TEST(Wav, SamplesBeyondFullScaleAreClipped) {
    const test::TempFolder folder;
    write_wav(folder / "a.wav", {.samples = {2.0F, -3.0F}, .sample_rate_hz = 16000});
    const std::vector<float> clipped{32767.0F / 32768, -1.0F};
    EXPECT_EQ(decode(folder / "a.wav", {.sample_rate_hz = 16000}).samples, clipped);
}

TEST(Wav, ANanIsRefusedAndLeavesNoFile) {
    const test::TempFolder folder;
    const Waveform broken{.samples = {std::numeric_limits<float>::quiet_NaN()}, .sample_rate_hz = 16000};
    EXPECT_THROW(write_wav(folder / "a.wav", broken), Error);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace melvit
