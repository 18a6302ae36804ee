// Sound and pictures from files and from memory.

#include "melvit/core/source.h"

#include "melvit/audio/packet_digest.h"
#include "melvit/audio/wav.h"
#include "melvit/spectrum/preprocess.h"

#include "tests/audio/mpeg_frames.h"
#include "tests/audio/sound_bytes.h"
#include "tests/spectrum/golden_file.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

/// All that is made of a source, or the sentence with which it is refused.
struct Made {
    std::vector<AlignedFloats> images;
    std::vector<double> times;
    std::string warning;
    double duration_seconds = 0;
    std::string packets;
    std::string refusal;

    bool operator==(const Made&) const = default;
};

const PictureFrontEnd kMiddle{.clip_seconds = 2};
const PictureFrontEnd kAllClips{.clip_seconds = 2, .middle_only = false, .most_clips = 0};

Made make(const Source& source, const FrontEnd& front_end) {
    Made made;
    try {
        const TrackFacts facts = for_each_clip_images(source, front_end, [&](ClipImages&& clip) {
            for (Image& image : clip.images) made.images.push_back(std::move(image.values));
            made.times.insert(made.times.end(), {clip.start_seconds, clip.end_seconds});
        });
        made.warning = facts.warning;
        made.duration_seconds = facts.duration_seconds;
        if (source.kind() == MediaKind::song) made.packets = packet_digest(source);
    } catch (const Error& error) {
        made.refusal = error.what();
    }
    return made;
}

/// 7 s: silence, and a tone from this second on for so long.
std::string song_with_a_tone(std::size_t start, double seconds) {
    std::vector<float> samples(std::size_t{7} * 22050);
    std::ranges::copy(test::tone(440, seconds, 22050),
                      samples.begin() + static_cast<std::ptrdiff_t>(start * 22050));
    return test::float_wav(samples, 22050);
}

struct File {
    std::string name, bytes;
    bool is_good;
};

std::vector<File> files() {
    const std::string wav = song_with_a_tone(0, 7);
    const std::string mp3 = test::mp3_frames(300);
    const std::string tag = std::string("ID3\4\0\0\0\0\0\x32", 10) + std::string(50, 'x');
    const std::string png = test::golden_bytes("png.rgb8.file");
    const std::string jpeg = test::golden_bytes("jpeg.grey.file");
    return {{"a.wav", wav, true},
            {"cut.wav", wav.substr(0, 300'001), true},
            {"late.wav", song_with_a_tone(5, 1.5), true},
            {"little.wav", song_with_a_tone(5, 0.25), true},
            {"a.mp3", mp3, true},
            {"tagged", tag + mp3 + "TAG" + std::string(125, ' '), true},
            {"torn.mp3", mp3.substr(0, 20'000) + std::string(3000, 'x') + mp3.substr(20'000), true},
            {"a.png", png, true},
            {"a.jpg", jpeg, true},
            {"jpeg.wav", jpeg, true},
            {"silent.wav", song_with_a_tone(0, 0), false},
            {"broken.png", png.substr(0, png.size() / 2), false},
            {"broken.jpg", jpeg.substr(0, jpeg.size() / 2), false},
            {"text.png", "no picture", false},
            {"text.mp3", "no song", false},
            {"empty.png", "", false},
            {"empty.wav", "", false}};
}

TEST(Sources, AFileAndItsBytesInMemoryGiveTheSameBitsAndTheSameSentences) {
    const test::TempFolder folder;
    for (const auto& [name, bytes, is_good] : files()) {
        test::write_quickly(folder / name, bytes);
        for (const PictureFrontEnd& front_end : {kMiddle, kAllClips}) {
            SCOPED_TRACE(name);
            const Made file = make(folder / name, front_end);
            EXPECT_EQ(file.refusal.empty(), is_good) << file.refusal;
            EXPECT_EQ(file.images.empty(), !is_good);
            EXPECT_TRUE(make({std::as_bytes(std::span(bytes)), folder / name}, front_end) == file);
        }
    }
}

TEST(Sources, AFileIsOpenedOnceHoweverOftenItIsRead) {
    const test::TempFolder folder;
    for (const auto& [name, bytes, is_good] : files()) {
        test::write_quickly(folder / name, bytes);
        for (const PictureFrontEnd& front_end : {kMiddle, kAllClips}) {
            SCOPED_TRACE(name);
            const Made before = make(folder / name, front_end);
            const Source source(folder / name);
            std::filesystem::rename(folder / name, folder / "moved");
            EXPECT_TRUE(make(source, front_end) == before);
            EXPECT_TRUE(make(source, front_end) == before);
            std::filesystem::rename(folder / "moved", folder / name);
        }
    }
}

}  // namespace
}  // namespace melvit
