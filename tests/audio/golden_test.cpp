#include "melvit/audio/decode.h"
#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"

#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace melvit {
namespace {

class DecodeNoise : public testing::TestWithParam<int> {};

TEST_P(DecodeNoise, EqualsLibrosasToMonoAndSoxrHq) {
    const SafetensorsFile numbers(test::golden("audio.safetensors"));
    const AlignedFloats stereo = numbers.at(fmt::format("{}.stereo", GetParam())).to_floats("stereo");
    const AlignedFloats expected = numbers.at(fmt::format("{}.mono_22050", GetParam())).to_floats("mono");

    const test::TempFolder folder;
    write_file(folder / "noise.wav", test::float_wav({stereo.begin(), stereo.end()}, GetParam(), 2));
    const std::vector<float> samples = decode(folder / "noise.wav").samples;

    ASSERT_EQ(samples.size(), expected.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        // The same resampler on the same floats, in other pieces: only the rounding of sums may differ.
        ASSERT_NEAR(samples[i], expected[i], 1e-5) << "sample " << i;
    }
}

INSTANTIATE_TEST_SUITE_P(GoldenRates, DecodeNoise, testing::Values(8000, 44100, 48000, 96000));

}  // namespace
}  // namespace melvit
