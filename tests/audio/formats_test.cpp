#include "melvit/audio/clips.h"
#include "melvit/audio/decode.h"
#include "melvit/core/file.h"

#include "tests/audio/mpeg_frames.h"
#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace melvit {
namespace {

constexpr int kRateHz = 22050;

struct Decoded {
    std::vector<float> samples;
    std::string warning;
};

Decoded read_all(const std::filesystem::path& file) {
    AudioReader reader(file, {.sample_rate_hz = kRateHz});
    Decoded decoded;
    decoded.samples.resize(std::size_t{100} * kRateHz);
    decoded.samples.resize(reader.read(decoded.samples));
    decoded.warning = reader.warning();
    return decoded;
}

double correlation(std::span<const float> a, std::span<const float> b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += static_cast<double>(a[i]) * b[i];
        aa += static_cast<double>(a[i]) * a[i];
        bb += static_cast<double>(b[i]) * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

/// How alike half a second of two recordings is, at the best shift of up to 0.1 s (codecs delay).
double likeness(const std::vector<float>& recording, const std::vector<float>& reference) {
    constexpr std::size_t kMost = kRateHz / 10;
    const auto piece = std::span(reference).subspan(kRateHz, kRateHz / 2);
    double best = 0;
    for (std::size_t shift = 0; shift <= 2 * kMost; ++shift) {
        const auto shifted = std::span(recording).subspan(kRateHz + shift - kMost, piece.size());
        best = std::max(best, correlation(piece, shifted));
    }
    return best;
}

struct Format {
    const char* file;
    double seconds;
};

/// Eight seconds of one piece; of the surround file, two.
class FormatTest : public testing::TestWithParam<Format> {};

TEST_P(FormatTest, GivesTheSamePieceWithoutAWarning) {
    MELVIT_NEEDS_SHARED("data/formats");
    const auto folder = test::shared("data/formats");
    const Decoded reference = read_all(folder / "wav_s16_44k_stereo.wav");
    const Decoded decoded = read_all(folder / GetParam().file);
    EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, GetParam().seconds, 0.1);
    EXPECT_GT(test::rms(decoded.samples), 0.01);
    // Telephone-band and 96 kbit/s versions keep more than this of the waveform itself.
    EXPECT_GT(likeness(decoded.samples, reference.samples), 0.99);
    EXPECT_EQ(decoded.warning, "");
}

INSTANTIATE_TEST_SUITE_P(
    DataFormats, FormatTest,
    testing::Values(Format{"aac_adts.aac", 8}, Format{"aiff_s16.aiff", 8}, Format{"au_mulaw_22k.au", 8},
                    Format{"flac_s16.flac", 8}, Format{"flac_s24_96k.flac", 8}, Format{"m4a_aac.m4a", 8},
                    Format{"m4a_alac.m4a", 8}, Format{"mp3_cbr128.mp3", 8},
                    Format{"mp3_mpeg25_11k_mono.mp3", 8}, Format{"mp3_vbr.mp3", 8},
                    Format{"ogg_vorbis.ogg", 8}, Format{"opus.opus", 8}, Format{"wav_alaw_8k_mono.wav", 8},
                    Format{"wav_f32_48k_mono.wav", 8}, Format{"wav_s16_44k_stereo.wav", 8},
                    Format{"wav_s16_5point1.wav", 2}, Format{"wav_s24_96k_stereo.wav", 8},
                    Format{"wav_u8_8k_mono.wav", 8}, Format{"webm_opus.webm", 8}, Format{"wma_v2.wma", 8},
                    Format{"wv_wavpack.wv", 8}),
    [](const auto& test_case) {
        std::string name = test_case.param.file;
        std::ranges::replace(name, '.', '_');
        return name;
    });

/// How much of a recording's middle is a tone of this frequency, by energy.
double share_of_tone(std::span<const float> recording, double frequency_hz) {
    const auto middle = recording.subspan(recording.size() / 4, recording.size() / 2);
    double all = 0;
    double sine = 0;
    double cosine = 0;
    for (std::size_t i = 0; i < middle.size(); ++i) {
        const double x = static_cast<double>(middle[i]);
        const double phase = 2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / kRateHz;
        all += x * x;
        sine += x * std::sin(phase);
        cosine += x * std::cos(phase);
    }
    return 2 * (sine * sine + cosine * cosine) / (all * static_cast<double>(middle.size()));
}

/// A stream of bytes as words of two bytes that hold `bits` of it, the highest repeated above them.
std::string in_words(const std::string& stream, int bits, bool little_endian) {
    std::string words;
    std::uint32_t held = 0;
    int count = 0;
    const auto put = [&](std::uint32_t value) {
        const std::uint32_t sign = (value >> static_cast<unsigned>(bits - 1)) & 1U;
        const std::uint32_t word = sign != 0 ? value | (0xFFFFU << static_cast<unsigned>(bits)) : value;
        const std::array<char, 2> bytes{static_cast<char>(word >> 8U), static_cast<char>(word)};
        words += little_endian ? std::string{bytes[1], bytes[0]} : std::string{bytes[0], bytes[1]};
    };
    for (const char byte : stream) {
        held = (held << 8U) | static_cast<std::uint8_t>(byte);
        count += 8;
        if (count < bits) continue;
        count -= bits;
        put(held >> static_cast<unsigned>(count));
        held &= (1U << static_cast<unsigned>(count)) - 1;
    }
    return words;
}

TEST(DtsInWav, IsHeardInWordsOfAnyKind) {
    const std::string dts = read_text_file(test::golden("tone.dts"));
    const test::TempFolder folder;
    for (const int bits : {16, 14}) {
        for (const bool little_endian : {false, true}) {
            write_file(folder / "dts.wav", test::wav_bytes({.channels = 2, .rate_hz = 44100},
                                                           in_words(dts, bits, little_endian)));
            const Decoded decoded = read_all(folder / "dts.wav");
            EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, 0.5, 0.1);
            EXPECT_GT(share_of_tone(decoded.samples, 441), 0.95) << bits << (little_endian ? " little" : "");
        }
    }
}

TEST(DtsInWav, IsHeardWithSilenceOrALongHeaderBeforeIt) {
    const std::string dts = read_text_file(test::golden("tone.dts"));
    const test::WavShape shape{.channels = 2, .rate_hz = 44100};
    const std::string silence(4UL * 44100 / 2, '\0');  // half a second
    const std::string plain = test::wav_bytes(shape, dts);
    std::string long_header = plain;
    long_header.insert(36, "JUNK" + test::little_endian(200000, 4) + "data" + std::string(199996, ' '));
    const test::TempFolder folder;
    for (const std::string& bytes : {plain, test::wav_bytes(shape, silence + dts), long_header}) {
        write_file(folder / "dts.wav", bytes);
        const Decoded decoded = read_all(folder / "dts.wav");
        EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, 0.5, 0.1);
        EXPECT_GT(share_of_tone(decoded.samples, 441), 0.95) << bytes.size();
    }
}

TEST(DtsInWav, IsNotTakenForItWhereOnlyItsSyncWordStands) {
    std::vector<float> tone = test::tone(441, 1, kRateHz);
    std::string data;
    for (const float sample : tone) data += test::number(static_cast<int>(sample * 30000) & 0xFFFF, 2);
    data.replace(2000, 4, "\x7F\xFE\x80\x01");
    const test::TempFolder folder;
    write_file(folder / "tone.wav", test::wav_bytes({}, data));
    const Decoded decoded = read_all(folder / "tone.wav");
    EXPECT_EQ(decoded.samples.size(), tone.size());
    EXPECT_GT(share_of_tone(decoded.samples, 441), 0.95);
}

/// 3.2 s of silence by mpcenc 1.30.1. FFmpeg states the length of Musepack in whole ticks of 1.67 s.
constexpr std::array<std::uint8_t, 77> kMusepack{
    0x4d, 0x50, 0x43, 0x4b, 0x53, 0x48, 0x0e, 0x7b, 0xf4, 0x24, 0xe6, 0x08, 0x88, 0xce, 0x40, 0x00,
    0x05, 0x0b, 0x52, 0x47, 0x0c, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x45, 0x49,
    0x07, 0x51, 0x01, 0x1e, 0x01, 0x53, 0x4f, 0x08, 0x1f, 0x00, 0x00, 0x00, 0x00, 0x41, 0x50, 0x0c,
    0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc0, 0x41, 0x50, 0x0b, 0x1f, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xf8, 0x53, 0x54, 0x06, 0x01, 0x12, 0xd0, 0x53, 0x45, 0x03};

TEST(Musepack, WhoseLengthIsStatedInSecondsAndAHalfIsWhole) {
    const test::TempFolder folder;
    write_file(folder / "silence.mpc", std::string(kMusepack.begin(), kMusepack.end()));
    const Decoded decoded = read_all(folder / "silence.mpc");
    EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, 3.2, 0.1);
    EXPECT_EQ(decoded.warning, "");
}

class DataMp3Test : public testing::Test {
protected:
    void SetUp() override {
        MELVIT_NEEDS_SHARED("data/formats");
        mp3_ = read_text_file(test::shared("data/formats/mp3_cbr128.mp3"));
        plain_ = read_all(test::shared("data/formats/mp3_cbr128.mp3")).samples;
    }

    Decoded read_bytes(const std::string& bytes) {
        write_file(folder_ / "song", bytes);
        return read_all(folder_ / "song");
    }

    test::TempFolder folder_;
    std::string mp3_;
    std::vector<float> plain_;
};

/// An ID3v2 tag with one large picture: 7 bits in each byte of the size.
std::string tag_with_picture(std::size_t bytes) {
    std::string tag("ID3\4\0\0", 6);
    for (int shift = 21; shift >= 0; shift -= 7) tag.push_back(static_cast<char>(bytes >> shift & 0x7FU));
    std::string picture = "APIC";
    picture.resize(bytes, '\xFF');
    return tag + picture;
}

TEST_F(DataMp3Test, TagsAndPicturesAroundTheMusicChangeNothing) {
    for (const std::size_t picture_bytes : {1000U, 300000U, 3000000U}) {
        const Decoded decoded = read_bytes(tag_with_picture(picture_bytes) + mp3_);
        EXPECT_EQ(decoded.samples, plain_) << picture_bytes;
        EXPECT_EQ(decoded.warning, "");
    }
    const std::string flac = read_text_file(test::shared("data/formats/flac_s16.flac"));
    EXPECT_EQ(read_bytes(tag_with_picture(3000000) + flac).samples.size(), 176268U);
    EXPECT_EQ(read_bytes(tag_with_picture(500) + tag_with_picture(700) + mp3_).samples, plain_);
    const std::string id3v1 = "TAG" + std::string(125, ' ');
    EXPECT_EQ(read_bytes(mp3_ + id3v1).warning, "");
    EXPECT_NEAR(static_cast<double>(read_bytes(mp3_ + id3v1).samples.size()),
                static_cast<double>(plain_.size()), 1152);
}

TEST_F(DataMp3Test, TagsBehindAnOggFileAreNoLossAndOtherBytesAreNamedWithTheTimeOfItsEnd) {
    const std::string ogg = read_text_file(test::shared("data/formats/ogg_vorbis.ogg"));
    EXPECT_EQ(read_bytes(ogg + test::ape_tag(400000)).warning, "");
    write_file(folder_ / "song", ogg + std::string(300000, 'x'));
    const TrackFacts facts =
        for_each_clip(folder_ / "song", {.clip_seconds = 2, .middle_only = true}, [](const Clip&) {});
    EXPECT_EQ(facts.warning, "it is torn at 8.0 s");
}

TEST_F(DataMp3Test, JunkInFrontOfTheMusicIsSteppedOver) {
    const Decoded decoded = read_bytes(std::string(5000, 'x') + mp3_);
    EXPECT_NEAR(static_cast<double>(decoded.samples.size()), static_cast<double>(plain_.size()), 1152);
    EXPECT_EQ(decoded.warning, "");
}

TEST_F(DataMp3Test, AHoleInTheMusicKeepsWhatIsAroundItAndIsNamed) {
    std::string holed = mp3_;
    std::fill(holed.begin() + 60000, holed.begin() + 70000, '\xAA');
    const Decoded decoded = read_bytes(holed);
    EXPECT_GT(static_cast<double>(decoded.samples.size()) / kRateHz, 6.5);
    EXPECT_NE(decoded.warning, "");
}

TEST_F(DataMp3Test, AStreamThatChangesItsRateAndChannelsGoesOnInTime) {
    const std::string other = read_text_file(test::shared("data/formats/mp3_mpeg25_11k_mono.mp3"));
    const Decoded decoded = read_bytes(mp3_ + other);
    EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, 16.0, 0.3);
    const std::vector<float> second(decoded.samples.end() - std::ptrdiff_t{8} * kRateHz,
                                    decoded.samples.end());
    EXPECT_GT(likeness(second, plain_), 0.95);
}

// SoX and libsndfile count bytes or blocks where AIFF asks for frames; 16 kB of GSM are then "480 s".
TEST(Formats, AFrameCountOfCompressedAiffIsNoLength) {
    const std::string rate_8000 = {0x40, 0x0B, static_cast<char>(0xFA), 0, 0, 0, 0, 0, 0, 0};
    const auto big_endian = [](std::uint32_t value, int bytes) {
        std::string text = test::little_endian(value, bytes);
        std::reverse(text.begin(), text.end());
        return text;
    };
    std::string frames;
    for (int i = 0; i < 500; ++i) frames += static_cast<char>(0xD5) + std::string(32, static_cast<char>(i));
    const std::string common = "COMM" + big_endian(24, 4) + big_endian(1, 2) + big_endian(80000 * 160, 4) +
                               big_endian(16, 2) + rate_8000 + "GSM " + std::string(2, '\0');
    const std::string sound =
        "SSND" + big_endian(static_cast<std::uint32_t>(frames.size()) + 8, 4) + std::string(8, '\0') + frames;
    const std::string form = "AIFC" + common + sound;
    const test::TempFolder folder;
    const auto file = folder / "song.aiff";
    write_file(file, "FORM" + big_endian(static_cast<std::uint32_t>(form.size()), 4) + form);
    const Decoded decoded = read_all(file);
    EXPECT_NEAR(static_cast<double>(decoded.samples.size()) / kRateHz, 10, 0.1);
    EXPECT_EQ(decoded.warning, "");
}

}  // namespace
}  // namespace melvit
