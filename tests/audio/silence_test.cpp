#include "melvit/audio/clips.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/mpeg_frames.h"
#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

class SilenceTest : public testing::Test {
protected:
    using Places = std::vector<std::pair<double, double>>;

    Places clips_of_bytes(const std::string& bytes, const ClipConfig& config = {}) {
        write_file(folder_ / "song", bytes);
        Places places;
        facts_ = for_each_clip(folder_ / "song", config, [&](const Clip& clip) {
            last_ = clip;
            places.emplace_back(clip.start_seconds, clip.end_seconds);
        });
        return places;
    }

    Places clips(const std::vector<float>& samples, int rate_hz, const ClipConfig& config = {}) {
        return clips_of_bytes(test::float_wav(samples, rate_hz), config);
    }

    std::string refusal(const std::vector<float>& samples, int rate_hz, int channels = 1) {
        try {
            clips_of_bytes(test::float_wav(samples, rate_hz, channels));
        } catch (const Error& error) {
            return error.reason();
        }
        return {};
    }

    test::TempFolder folder_;
    TrackFacts facts_;
    Clip last_;
};

/// Silence, then sound, then silence.
std::vector<float> island(double before, double sound, double after, int rate_hz) {
    std::vector<float> samples(static_cast<std::size_t>(before * rate_hz), 0.0F);
    const std::vector<float> music = test::tone(440, sound, rate_hz);
    samples.insert(samples.end(), music.begin(), music.end());
    samples.resize(samples.size() + static_cast<std::size_t>(after * rate_hz), 0.0F);
    return samples;
}

std::vector<float> scaled(std::vector<float> samples, float factor, float offset = 0) {
    for (float& sample : samples) sample = factor * sample + offset;
    return samples;
}

TEST_F(SilenceTest, IsALevelAndNotZero) {
    const std::vector<float> tone = test::tone(440, 40, 22050);
    const char* silent = "needs sound, it is silent throughout (below -70 dB)";
    EXPECT_EQ(refusal(std::vector<float>(882000, 0.0F), 22050), silent);
    EXPECT_EQ(refusal(std::vector<float>(1764000, 0.25F), 44100), silent);  // an offset only
    EXPECT_EQ(refusal(scaled(tone, 3e-5F), 22050), silent);                 // -99 dB, as dither
    EXPECT_EQ(refusal(scaled(tone, 3e-5F, 0.25F), 22050), silent);
    EXPECT_EQ(refusal(scaled(tone, 2e-3F), 22050), "");  // -63 dB
}

TEST_F(SilenceTest, AHiddenTrackIsHeardWithoutTheSilenceBeforeIt) {
    for (const int rate_hz : {22050, 44100, 48000}) {
        EXPECT_EQ(clips(island(100, 10, 0, rate_hz), rate_hz), (Places{{100, 110}})) << rate_hz;
        EXPECT_GT(test::rms(last_.waveform.samples), 0.34) << "repeated, not padded";
        EXPECT_EQ(clips(island(100, 10, 0, rate_hz), rate_hz, {.middle_only = true}), (Places{{100, 110}}));
        EXPECT_NE(facts_.warning.find("from 100.0 to 110.0 s was taken"), std::string::npos);
    }
}

TEST_F(SilenceTest, AroundALittleSoundIsLeftOutWhereverItIs) {
    EXPECT_EQ(clips(island(0, 10, 100, 22050), 22050), (Places{{0, 10}}));
    EXPECT_EQ(clips(island(55, 10, 50, 22050), 22050), (Places{{55, 65}}));
    EXPECT_EQ(clips(island(40, 10, 50, 22050), 22050, {.middle_only = true}), (Places{{35, 65}}));
}

TEST_F(SilenceTest, GivesNoClip) {
    EXPECT_EQ(clips(island(30, 60, 60, 22050), 22050), (Places{{30, 60}, {60, 90}}));
    EXPECT_EQ(facts_.sound.extent().start_seconds, 30);
    EXPECT_EQ(facts_.sound.extent().end_seconds, 90);
}

TEST_F(SilenceTest, ChannelsThatCancelEachOtherAreToldFromIt) {
    const std::vector<float> tone = test::tone(440, 5, 22050);
    const auto stereo = [&](float left, float right) {
        std::vector<float> samples;
        for (const float sample : tone) samples.insert(samples.end(), {left * sample, right * sample});
        return samples;
    };
    const char* cancelled = "needs channels that do not cancel each other in mono";
    EXPECT_EQ(refusal(stereo(1, -1), 22050, 2).rfind(cancelled, 0), 0U);
    EXPECT_EQ(refusal(stereo(1, -0.99F), 22050, 2).rfind(cancelled, 0), 0U);
    EXPECT_EQ(refusal(stereo(1, 0), 22050, 2), "");
    EXPECT_EQ(refusal(stereo(1, -0.5F), 22050, 2), "");
    EXPECT_NE(refusal(stereo(0, 0), 22050, 2).find("silent throughout"), std::string::npos);
}

TEST_F(SilenceTest, WhatALossyCodecLeavesOfCancelledChannelsIsNoSound) {
    // Vorbis at 112 kbit/s leaves -12.6 dB of what independent channels would have, Opus at 64 to 128 -17 dB.
    const std::vector<float> side = test::tone(440, 5, 22050);
    const std::vector<float> rest = test::tone(3000, 5, 22050);
    const auto with_rest = [&](float share) {
        std::vector<float> samples;
        for (std::size_t i = 0; i < side.size(); ++i)
            samples.insert(samples.end(), {side[i] + share * rest[i], -side[i] + share * rest[i]});
        return refusal(samples, 22050, 2);
    };
    EXPECT_NE(with_rest(0.17F).find("cancel each other"), std::string::npos);  // -12.5 dB
    EXPECT_EQ(with_rest(0.35F), "");                                           // -6.6 dB
    std::vector<float> one_of_eight;
    for (const float sample : side) one_of_eight.insert(one_of_eight.end(), {sample, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_EQ(refusal(one_of_eight, 22050, 8), "");
}

TEST_F(SilenceTest, TheMiddleIsThatOfWhatDecodesWhateverTagsFollow) {
    constexpr double kSeconds = 1532.0 * test::kMp3FrameSamples / test::kMp3RateHz;  // 40.0 s
    const std::string music = test::mp3_frames(1532);
    const std::string id3v1 = "TAG" + std::string(125, ' ');
    for (const std::string& bytes :
         {music, music + test::ape_tag(600000), music + test::ape_tag(600000) + id3v1,
          music + std::string(600000, 'x'), std::string(3000, 'x') + music}) {
        const Places places = clips_of_bytes(bytes, {.middle_only = true});
        ASSERT_EQ(places.size(), 1U);
        EXPECT_NEAR(places[0].first, (kSeconds - 30) / 2, 0.1) << bytes.size();
        EXPECT_NEAR(facts_.duration_seconds, kSeconds, 0.2) << bytes.size();
    }
}

}  // namespace
}  // namespace melvit
