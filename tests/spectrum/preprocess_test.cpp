#include "melvit/spectrum/preprocess.h"

#include "melvit/audio/wav.h"
#include "melvit/core/file.h"
#include "melvit/core/random.h"
#include "melvit/spectrum/crops.h"

#include "tests/spectrum/golden_file.h"
#include "tests/support/errors.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace melvit {
namespace {

const PictureFrontEnd kSeven{.crops = "windows", .crop_count = 7, .crop_width = 112};

Waveform noise(double seconds) {
    Waveform waveform;
    Random random(5);
    waveform.samples.resize(static_cast<std::size_t>(seconds * 22050));
    for (float& sample : waveform.samples) sample = random.uniform(-0.5F, 0.5F);
    return waveform;
}

std::vector<int> lefts(const Picture& picture, const PictureFrontEnd& front_end) {
    std::vector<int> answer;
    for (const Crop& crop : crops_of(picture, front_end)) answer.push_back(crop.left);
    return answer;
}

class PreprocessTest : public testing::Test {
protected:
    std::string refusal(const std::filesystem::path& file, const FrontEnd& front_end = {}) {
        try {
            preprocess(file, front_end);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    test::TempFolder folder_;
};

using BadFrontEnd = PreprocessTest;

TEST(Crops, OfTheStudyAreTheCentreOfThePicture) {
    const std::vector<Crop> crops = crops_of({432, 288, {}}, {});
    ASSERT_EQ(crops.size(), 1U);
    EXPECT_EQ(crops[0].left, 42);
    EXPECT_EQ(crops[0].top, 35);
    EXPECT_EQ(crops[0].width, 348);
    EXPECT_EQ(crops[0].height, 218);
}

TEST(Crops, WindowsReachFromTheLeftToTheRightEdgeOfTheAxes) {
    EXPECT_EQ(lefts({432, 288, {}}, kSeven), (std::vector{54, 91, 128, 166, 203, 240, 277}));
    const Crop last = crops_of({432, 288, {}}, kSeven).back();
    EXPECT_EQ(last.left + last.width, 54 + 335);
    EXPECT_EQ(last.top, 35);
    EXPECT_EQ(last.height, 218);
}

TEST(Crops, ASingleWindowStandsInTheMiddle) {
    EXPECT_EQ(lefts({432, 288, {}}, {.crops = "windows", .crop_count = 1, .crop_width = 335}),
              std::vector{54});
    EXPECT_EQ(lefts({432, 288, {}}, {.crops = "windows", .crop_count = 1, .crop_width = 235}),
              std::vector{104});
}

TEST(Crops, WindowsAreScaledToAPictureOfAnotherSize) {
    const std::vector<Crop> crops = crops_of({864, 576, {}}, kSeven);
    EXPECT_EQ(crops[0].left, 108);
    EXPECT_EQ(crops[0].top, 70);
    EXPECT_EQ(crops[0].width, 224);
    EXPECT_EQ(crops[0].height, 436);
    EXPECT_EQ(crops_of({1, 1, {}}, kSeven)[3].width, 1);
}

TEST_F(PreprocessTest, ASongGoesTheWayOfItsPicture) {
    write_wav(folder_ / "song.wav", noise(30));
    const std::vector<ClipImages> song = preprocess(folder_ / "song.wav", kSeven);
    Waveform heard;
    for_each_clip(folder_ / "song.wav", {.middle_only = true, .most_clips = 1},
                  [&](const Clip& clip) { heard = clip.waveform; });
    write_png(folder_ / "song.png", draw_study_picture(mel_spectrogram(heard, {}), "magma", -80));
    const std::vector<ClipImages> picture = preprocess(folder_ / "song.png", kSeven);
    ASSERT_EQ(song.size(), 1U);
    ASSERT_EQ(picture.size(), 1U);
    ASSERT_EQ(song[0].images.size(), 7U);
    ASSERT_EQ(picture[0].images.size(), 7U);
    for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(song[0].images[i].values, picture[0].images[i].values);
    EXPECT_EQ(picture[0].start_seconds, 0);
    EXPECT_EQ(picture[0].end_seconds, 30);
}

TEST_F(PreprocessTest, ClipsComeInOrderOfTime) {
    write_wav(folder_ / "song.wav", noise(8));
    const PictureFrontEnd front_end{.clip_seconds = 2, .middle_only = false, .most_clips = 0};
    std::vector<double> starts;
    const TrackFacts facts = for_each_clip_images(folder_ / "song.wav", front_end, [&](ClipImages&& clip) {
        starts.push_back(clip.start_seconds);
        EXPECT_EQ(clip.images.size(), 1U);
    });
    EXPECT_EQ(starts, (std::vector<double>{0, 2, 4, 6}));
    EXPECT_NEAR(facts.duration_seconds, 8, 0.1);
}

TEST_F(PreprocessTest, ASilentClipOfASongWithSoundIsPassedOver) {
    Waveform song = noise(6);
    std::fill(song.samples.begin() + 44100, song.samples.begin() + 88200, 0.0F);  // seconds 2 to 4
    write_wav(folder_ / "song.wav", song);
    const PictureFrontEnd front_end{.clip_seconds = 2, .middle_only = false, .most_clips = 0};
    const std::vector<ClipImages> clips = preprocess(folder_ / "song.wav", front_end);
    ASSERT_EQ(clips.size(), 2U);
    EXPECT_EQ(clips[0].start_seconds, 0);
    EXPECT_EQ(clips[1].start_seconds, 4);
}

TEST_F(PreprocessTest, ASongWithoutSoundIsRefused) {
    write_wav(folder_ / "silent.wav", {std::vector<float>(70000, 0.0F), 22050});
    EXPECT_EQ(refusal(folder_ / "silent.wav"),
              (folder_ / "silent.wav").string() + ": needs sound, it is silent throughout (below -70 dB)");
}

TEST_F(PreprocessTest, AShortSongIsRepeatedToFillItsClipUnlessItIsShorterThanAWindow) {
    write_wav(folder_ / "short.wav", noise(0.1));
    EXPECT_EQ(preprocess(folder_ / "short.wav", {}).size(), 1U);
    write_wav(folder_ / "shorter.wav", noise(0.02));
    EXPECT_EQ(refusal(folder_ / "shorter.wav"), (folder_ / "shorter.wav").string() +
                                                    ": needs at least one window of 2048 samples, it has 441 "
                                                    "at 22050 Hz");
}

TEST_F(PreprocessTest, TheFirstBytesTellAPictureFromASong) {
    write_png(folder_ / "picture.wav", test::picture_by_rule(432, 288));
    EXPECT_EQ(preprocess(folder_ / "picture.wav", {}).size(), 1U);
    write_wav(folder_ / "song", noise(3));
    EXPECT_EQ(preprocess(folder_ / "song", {}).size(), 1U);
    write_wav(folder_ / "song.png", noise(3));
    EXPECT_NE(refusal(folder_ / "song.png").find("needs to be a PNG or JPEG picture"), std::string::npos);
}

TEST_F(PreprocessTest, PicturesOfOnePixelWork) {
    write_png(folder_ / "one.png", {1, 1, {200, 100, 0}});
    EXPECT_EQ(preprocess(folder_ / "one.png", {})[0].images.size(), 1U);
    EXPECT_EQ(preprocess(folder_ / "one.png", kSeven)[0].images.size(), 7U);
}

TEST_F(PreprocessTest, MakesImagesOfTheShapeThatTheFrontEndNames) {
    write_png(folder_ / "a.png", test::picture_by_rule(50, 40));
    const FrontEnd front_end = kSeven;
    EXPECT_EQ(input_shape(front_end), (InputShape{3, 224, 224}));
    EXPECT_EQ(text_of(input_shape(front_end)), "3 x 224 x 224");
    const std::vector<ClipImages> clips = preprocess(folder_ / "a.png", front_end);
    ASSERT_EQ(clips[0].images.size(), 7U);
    for (const Image& image : clips[0].images) {
        EXPECT_EQ(image.shape, input_shape(front_end));
        EXPECT_EQ(image.values.size(), image.shape.size());
    }
}

TEST_F(PreprocessTest, TakesEveryClipWhereAllAreAskedFor) {
    write_wav(folder_ / "song.wav", noise(5));
    const FrontEnd one = PictureFrontEnd{.clip_seconds = 2};
    EXPECT_EQ(preprocess(folder_ / "song.wav", one).size(), 1U);
    EXPECT_GT(preprocess(folder_ / "song.wav", with_all_clips(one)).size(), 1U);
    EXPECT_EQ(seconds_between_rows(one), 2.0);
    EXPECT_NEAR(seconds_between_rows(PictureFrontEnd{
                    .clip_seconds = 33.5, .crops = "windows", .crop_count = 3, .crop_width = 135}),
                10.0, 0.1);
}

TEST_F(PreprocessTest, WhatIsNeitherSongNorPictureIsRefused) {
    write_file(folder_ / "empty.png", "");
    write_file(folder_ / "one.png", "x");
    write_file(folder_ / "text.png", "This is a letter to a friend.\nIt holds no picture.\n");
    for (const char* name : {"empty.png", "one.png", "text.png", "none.png"}) {
        const std::string sentence = refusal(folder_ / name);
        EXPECT_TRUE(sentence.starts_with((folder_ / name).string() + ": ") && test::states_a_need(sentence))
            << sentence;
    }
    EXPECT_NE(refusal(folder_.path()).find("directory"), std::string::npos);
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    EXPECT_NE(refusal(folder_ / "fifo").find("FIFO"), std::string::npos);
}

TEST_F(BadFrontEnd, EverySettingOutOfRangeIsNamed) {
    write_png(folder_ / "a.png", test::picture_by_rule(432, 288));
    const auto expect_named = [&](const PictureFrontEnd& front_end, const std::string& setting) {
        const std::string sentence = refusal(folder_ / "a.png", front_end);
        EXPECT_EQ(sentence.rfind(setting + ": needs ", 0), 0U) << sentence;
    };
    expect_named({.mel = {.hop = 0}}, "mel front end, hop");
    expect_named({.colours = "jet"}, "colours");
    expect_named({.clip_seconds = 0.01}, "front end, clip_seconds");
    expect_named({.clip_seconds = -1}, "front end, clip_seconds");
    expect_named({.clip_seconds = 1e9}, "front end, clip_seconds");
    expect_named({.most_clips = -1}, "front end, most_clips");
    expect_named({.crops = "Study"}, "front end, crops");
    expect_named({.crops = "windows", .crop_count = 0, .crop_width = 100}, "front end, crop_count");
    expect_named({.crops = "windows", .crop_count = 100000, .crop_width = 100}, "front end, crop_count");
    expect_named({.crops = "windows", .crop_count = 1, .crop_width = 0}, "front end, crop_width");
    expect_named({.crops = "windows", .crop_count = 1, .crop_width = 336}, "front end, crop_width");
    expect_named({.normalisation = ""}, "front end, normalisation");
}

}  // namespace
}  // namespace melvit
