#include "melvit/audio/clips.h"

#include "melvit/core/context.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace melvit {
namespace {

constexpr int kLowRateHz = 8000;

/// A sample tells its place: a ramp that takes 1000 s to reach full scale, above and below a tenth.
float sample_of_ramp(std::size_t place) {
    return (place % 2 == 0 ? 0.1F : -0.1F) + static_cast<float>(place) / (1000.0F * kLowRateHz);
}

std::vector<float> ramp(double seconds) {
    std::vector<float> samples(static_cast<std::size_t>(std::lround(seconds * kLowRateHz)));
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = sample_of_ramp(i);
    return samples;
}

class ClipsTest : public testing::Test {
protected:
    void write_track(double seconds) { write_file(file_, test::float_wav(ramp(seconds), kLowRateHz)); }

    /// Start and end of each clip; each must hold the sound of that place, repeated where it ends.
    std::vector<std::pair<double, double>> clips(ClipConfig config) {
        config.sample_rate_hz = kLowRateHz;
        std::vector<std::pair<double, double>> places;
        facts_ = for_each_clip(file_, config, [&](const Clip& clip) {
            EXPECT_EQ(clip.waveform.sample_rate_hz, kLowRateHz);
            EXPECT_EQ(clip.waveform.samples.size(), std::lround(config.clip_seconds * kLowRateHz));
            const auto start = static_cast<std::size_t>(std::lround(clip.start_seconds * kLowRateHz));
            const auto own = static_cast<std::size_t>(std::lround(clip.end_seconds * kLowRateHz)) - start;
            for (std::size_t i = 0; i < clip.waveform.samples.size(); ++i) {
                const float expected = sample_of_ramp(start + i % own);
                if (clip.waveform.samples[i] == expected) continue;
                ADD_FAILURE() << "clip at " << clip.start_seconds << " s, sample " << i;
                break;
            }
            places.emplace_back(clip.start_seconds, clip.end_seconds);
        });
        return places;
    }

    using Places = std::vector<std::pair<double, double>>;
    test::TempFolder folder_;
    std::filesystem::path file_ = folder_ / "track.wav";
    TrackFacts facts_;
};

TEST_F(ClipsTest, ATrackBecomesClipsInARow) {
    write_track(90);
    EXPECT_EQ(clips({}), (Places{{0, 30}, {30, 60}, {60, 90}}));
    EXPECT_DOUBLE_EQ(facts_.duration_seconds, 90);
}

TEST_F(ClipsTest, AShortRestIsLeftOut) {
    write_track(30.01);
    EXPECT_EQ(clips({}), (Places{{0, 30}}));
    EXPECT_DOUBLE_EQ(facts_.duration_seconds, 30.01);
    write_track(44.9);
    EXPECT_EQ(clips({}), (Places{{0, 30}}));
}

TEST_F(ClipsTest, ALongRestBecomesAClipThatEndsWithTheTrack) {
    write_track(75);
    EXPECT_EQ(clips({}), (Places{{0, 30}, {30, 60}, {45, 75}}));
}

TEST_F(ClipsTest, AShortTrackIsRepeatedUntilItFillsTheClip) {
    write_track(8);
    EXPECT_EQ(clips({}), (Places{{0, 8}}));
    EXPECT_EQ(clips({.middle_only = true}), (Places{{0, 8}}));
    EXPECT_EQ(clips({.most_clips = 2}), (Places{{0, 8}}));
    EXPECT_DOUBLE_EQ(facts_.duration_seconds, 8);
}

TEST_F(ClipsTest, TwoSamplesFillAClip) {
    write_file(file_, test::float_wav({sample_of_ramp(0), sample_of_ramp(1)}, kLowRateHz));
    EXPECT_EQ(clips({.clip_seconds = 1}).size(), 1U);
}

TEST_F(ClipsTest, TheMiddleIsTheMiddle) {
    write_track(90);
    EXPECT_EQ(clips({.middle_only = true}), (Places{{30, 60}}));
    write_track(31);
    EXPECT_EQ(clips({.middle_only = true}), (Places{{0.5, 30.5}}));
}

TEST_F(ClipsTest, AFewClipsAreSpreadOverTheTrack) {
    write_track(90);
    EXPECT_EQ(clips({.clip_seconds = 10, .most_clips = 3}), (Places{{10, 20}, {40, 50}, {70, 80}}));
    EXPECT_EQ(clips({.clip_seconds = 30, .most_clips = 1}), (Places{{30, 60}}));
    EXPECT_EQ(clips({.clip_seconds = 30, .most_clips = 5}), (Places{{0, 30}, {30, 60}, {60, 90}}));
}

/// A tone in IMA ADPCM, 505 samples a block, whose "fact" states another number of samples.
std::string adpcm_wav(int blocks, int stated_samples) {
    using test::number;
    constexpr int kBlock = 256;
    const std::string format = number(0x11, 2) + number(1, 2) + number(kLowRateHz, 4) +
                               number(kLowRateHz / 2, 4) + number(kBlock, 2) + number(4, 2) + number(2, 2) +
                               number(505, 2);
    const std::string chunks = "WAVEfmt " + number(20, 4) + format + "fact" + number(4, 4) +
                               number(stated_samples, 4) + "data" + number(blocks * kBlock, 4);
    const std::string block = std::string(4, '\0') + std::string(kBlock - 4, '\xF7');
    std::string data;
    for (int i = 0; i < blocks; ++i) data += block;
    return "RIFF" + number(static_cast<int>(chunks.size() + data.size()), 4) + chunks + data;
}

TEST_F(ClipsTest, ATrackThatIsShorterThanItStatesStillGivesItsMiddle) {
    constexpr int kSamples = 600 * 505;  // 37.875 s, stated as 1000 s
    write_file(file_, adpcm_wav(600, 1000 * kLowRateHz));
    std::vector<double> starts;
    const ClipConfig config{.sample_rate_hz = kLowRateHz, .clip_seconds = 10, .middle_only = true};
    const auto take = [&](const Clip& clip) { starts.push_back(clip.start_seconds); };
    const TrackFacts facts = for_each_clip(file_, config, take);
    EXPECT_EQ(starts, std::vector<double>{(kSamples / kLowRateHz - 10) / 2.0 + 0.4375});
    EXPECT_DOUBLE_EQ(facts.duration_seconds, static_cast<double>(kSamples) / kLowRateHz);
}

TEST_F(ClipsTest, ATrackThatEndsBeforeItsLaterClipsIsLaidOutByWhatItHas) {
    write_file(file_, adpcm_wav(600, 60 * kLowRateHz));
    std::vector<double> starts;
    const ClipConfig config{.sample_rate_hz = kLowRateHz, .clip_seconds = 10, .most_clips = 3};
    for_each_clip(file_, config, [&](const Clip& clip) { starts.push_back(clip.start_seconds); });
    // Not 10, 30 and 50 as of 60 s, but of the 37.875 s that are there.
    EXPECT_EQ(starts, (std::vector<double>{0, 20, 27.875}));
}

TEST_F(ClipsTest, AStopEndsTheReading) {
    write_track(1);
    std::stop_source stop;
    const Context context{.stop = stop.get_token()};
    std::size_t clips_seen = 0;
    const auto read = [&] {
        for_each_clip(
            file_, {.clip_seconds = 0.1}, [&](const Clip&) { ++clips_seen; }, context);
    };
    read();
    EXPECT_GT(clips_seen, 1U);
    stop.request_stop();
    clips_seen = 0;
    EXPECT_THROW(read(), Stopped);
    EXPECT_EQ(clips_seen, 0U);
    EXPECT_FALSE(clips({.clip_seconds = 1}).empty());  // others go on
}

TEST_F(ClipsTest, TheLengthOfAClipMustBePositiveAndWithinTheLimit) {
    write_track(1);
    EXPECT_THROW(clips({.clip_seconds = 0}), Error);
    EXPECT_THROW(clips({.clip_seconds = -1}), Error);
    EXPECT_THROW(clips({.clip_seconds = std::nan("")}), Error);
    EXPECT_THROW(clips({.clip_seconds = 1e9}), Error);
}

TEST_F(ClipsTest, ATrackAboveTheLimitIsRefused) {
    write_track(3);
    EXPECT_THROW(clips({.clip_seconds = 1, .longest_seconds = 2}), Error);
}

TEST(DataClips, ASongWithoutAStatedLengthGivesTheMiddleOfItsPackets) {
    MELVIT_NEEDS_SHARED("data/emotify");
    std::vector<double> starts;
    const TrackFacts facts = for_each_clip(test::shared("data/emotify/pop/1.mp3"), {.middle_only = true},
                                           [&](const Clip& clip) { starts.push_back(clip.start_seconds); });
    ASSERT_EQ(starts.size(), 1U);
    EXPECT_NEAR(starts[0], 15, 0.1);
    EXPECT_NEAR(facts.duration_seconds, 60, 0.1);
}

}  // namespace
}  // namespace melvit
