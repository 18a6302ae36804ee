#include "melvit/audio/decode.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/sound_bytes.h"
#include "tests/support/errors.h"
#include "tests/support/permissions.h"
#include "tests/support/test_files.h"

#include <bit>
#include <chrono>
#include <gtest/gtest.h>
#include <limits>
#include <sys/stat.h>

namespace melvit {
namespace {

using test::float_wav;
using test::little_endian;
using test::wav_bytes;
using test::wav_header;

class BadSoundTest : public testing::Test {
protected:
    /// The sentence with which the file is refused; empty when it is not.
    std::string refusal(const std::filesystem::path& file) {
        try {
            decode(file);
        } catch (const Error& error) {
            const std::string sentence = error.what();
            EXPECT_TRUE(sentence.starts_with(file.string() + ": ") && test::states_a_need(sentence))
                << sentence;
            return sentence;
        }
        return {};
    }

    std::string refusal_of_bytes(const std::string& name, const std::string& bytes) {
        write_file(folder_ / name, bytes);
        return refusal(folder_ / name);
    }

    void expect_refused(const std::string& name, const std::string& bytes, const std::string& finding) {
        const std::string sentence = refusal_of_bytes(name, bytes);
        EXPECT_NE(sentence.find(finding), std::string::npos) << name << ": \"" << sentence << '"';
    }

    test::TempFolder folder_;
};

TEST_F(BadSoundTest, AnEmptyFileIsRefused) {
    expect_refused("a.mp3", "", "it is empty");
}

TEST_F(BadSoundTest, WhatIsNoSoundIsRefusedWhateverItsName) {
    expect_refused("one.mp3", "x", "no known format");
    expect_refused("text.mp3", "This is a letter to a friend.\nIt holds no music.\n", "no known format");
    expect_refused("zeros.wav", std::string(100000, '\0'), "no known format");
    expect_refused("tag.mp3", std::string("ID3\4\0\0\0\0\0\0", 10), "needs to be a sound file");
}

TEST_F(BadSoundTest, WhatPointsToOtherFilesIsRefused) {
    expect_refused("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n",
                   "\"hls\"");
    expect_refused("b.mp3", "ffconcat version 1.0\nfile /etc/passwd\n", "\"concat\"");
    expect_refused("c.wav",
                   "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
                   "\"sdp\"");
    expect_refused("d.m3u", "/etc/passwd\n", "no known format");
}

TEST_F(BadSoundTest, AFolderAFifoALinkToNothingAndAMissingFileAreRefusedAtOnce) {
    EXPECT_NE(refusal(folder_.path()).find("directory"), std::string::npos);
    ASSERT_EQ(::mkfifo((folder_ / "fifo.mp3").c_str(), 0600), 0);
    EXPECT_NE(refusal(folder_ / "fifo.mp3").find("FIFO"), std::string::npos);
    std::filesystem::create_symlink("nowhere", folder_ / "link.mp3");
    EXPECT_NE(refusal(folder_ / "link.mp3").find("link to nothing"), std::string::npos);
    EXPECT_NE(refusal(folder_ / "missing.mp3"), "");
}

TEST_F(BadSoundTest, AFileWithoutPermissionIsRefused) {
    const test::HeldByPermissions held;
    write_file(folder_ / "a.wav", float_wav({0.5F}, 22050));
    ::chmod((folder_ / "a.wav").c_str(), 0);
    EXPECT_NE(refusal(folder_ / "a.wav").find("ermission"), std::string::npos);
}

TEST_F(BadSoundTest, ANanOrInfiniteSampleIsRefusedWithItsTime) {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity(), 1e30F}) {
        std::vector<float> samples = test::tone(440, 2, 22050);
        samples[33075] = bad;
        expect_refused("a.wav", float_wav(samples, 22050), "1.500 s");
    }
    std::string data(16, '\0');
    const double beyond_float = 1e300;
    std::memcpy(data.data() + 8, &beyond_float, sizeof beyond_float);
    expect_refused("b.wav", wav_bytes({.tag = 3, .bits = 64}, data), "0.000 s");
}

TEST_F(BadSoundTest, MoreThanEightChannelsAreRefused) {
    expect_refused("a.wav", wav_bytes({.channels = 9}, std::string(18 * 1000, '\1')), "it has 9");
    EXPECT_EQ(refusal_of_bytes("b.wav", wav_bytes({.channels = 8}, std::string(16 * 1000, '\1'))), "");
}

TEST_F(BadSoundTest, G726IsRefusedBecauseFfmpegReadsItUnlikeOtherReaders) {
    for (const int tag : {0x40, 0x45}) {
        expect_refused("g726.wav",
                       wav_bytes({.tag = tag, .rate_hz = 8000, .bits = 8}, std::string(8000, '\x35')),
                       "it is coded as \"adpcm_g726\"");
    }
}

TEST_F(BadSoundTest, AlacOf20BitsIsRefusedBecauseFfmpegReadsItAsNoise) {
    const auto big = [](std::uint64_t value, int bytes) {
        const std::string little = little_endian(value, bytes);
        return std::string(little.rbegin(), little.rend());
    };
    const auto chunk = [&](const std::string& name, const std::string& body) {
        return name + big(body.size(), 8) + body;
    };
    const auto caf = [&](int bits) {
        const std::string cookie = big(4096, 4) + big(static_cast<std::uint64_t>(bits), 2) +
                                   "\x28\x0A\x0E\1" + big(255, 2) + big(16392, 4) + big(0, 4) + big(44100, 4);
        return "caff" + big(1, 2) + big(0, 2) +
               chunk("desc", big(std::bit_cast<std::uint64_t>(44100.0), 8) + "alac" + big(2, 4) + big(0, 4) +
                                 big(4096, 4) + big(1, 4) + big(0, 4)) +
               chunk("kuki", cookie) + chunk("pakt", big(1, 8) + big(4096, 8) + big(0, 8) + "\x0A") +
               chunk("data", big(0, 4) + std::string(10, '\0'));
    };
    expect_refused("a.caf", caf(20), "needs ALAC of 16, 24 or 32 bits, it has 20");
    EXPECT_EQ(refusal_of_bytes("a.caf", caf(16)).find("ALAC of"), std::string::npos);
}

TEST_F(BadSoundTest, RatesBelow4AndAbove192KilohertzAreRefused) {
    const std::string data(20000, '\1');
    expect_refused("a.wav", wav_bytes({.rate_hz = 2000}, data), "2000 Hz");
    expect_refused("b.wav", wav_bytes({.rate_hz = 384000}, data), "384000 Hz");
    EXPECT_EQ(refusal_of_bytes("c.wav", wav_bytes({.rate_hz = 4000}, data)), "");
    EXPECT_EQ(refusal_of_bytes("d.wav", wav_bytes({.rate_hz = 192000}, data)), "");
}

TEST_F(BadSoundTest, TenHoursAreRefusedAtOnce) {
    constexpr std::uint64_t kBytes = 36000ULL * 8000;
    write_file(folder_ / "long.wav", wav_header({.rate_hz = 8000, .bits = 8}, kBytes));
    std::filesystem::resize_file(folder_ / "long.wav", 44 + kBytes);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_NE(refusal(folder_ / "long.wav").find("it holds 36000 s"), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST_F(BadSoundTest, AHeaderWithoutASampleIsRefused) {
    expect_refused("a.wav", wav_bytes({}, ""), "not one sample");
}

TEST_F(BadSoundTest, AWavCutAnywhereIsRefusedOrKeepsWhatIsThere) {
    const std::string whole = float_wav(test::tone(440, 0.1, 22050), 22050);
    for (std::size_t length = 0; length < whole.size(); length += length < 64 ? 1 : 501) {
        write_file(folder_ / "cut.wav", whole.substr(0, length));
        try {
            const std::size_t samples = decode(folder_ / "cut.wav").samples.size();
            EXPECT_EQ(samples, (length - 44) / 4) << "cut at " << length;
        } catch (const Error&) {
            EXPECT_LT(length, 48U);
        }
    }
}

/// Every format of ../shared, cut at many places: an error or a part of the sound, never a crash or a hang.
TEST(DataBadSound, EveryFormatCutAnywhereIsRefusedOrGivesAPartOfItsSound) {
    MELVIT_NEEDS_SHARED("data/formats");
    const test::TempFolder folder;
    for (const auto& entry : std::filesystem::directory_iterator(test::shared("data/formats"))) {
        const std::string whole = read_text_file(entry.path());
        for (std::size_t cut = 0; cut < 24; ++cut) {
            const std::size_t length = cut < 12 ? cut * cut * 7 : whole.size() * (cut - 11) / 13;
            write_file(folder / "cut", whole.substr(0, length));
            try {
                EXPECT_LE(decode(folder / "cut").duration_seconds(), 8.2) << entry.path() << ' ' << length;
            } catch (const Error&) {
            }
        }
    }
}

TEST(DataBadSound, ACutFileSaysWhatItLost) {
    MELVIT_NEEDS_SHARED("data/formats");
    const test::TempFolder folder;
    for (const char* name :
         {"flac_s16.flac", "mp3_cbr128.mp3", "opus.opus", "ogg_vorbis.ogg", "wv_wavpack.wv", "aiff_s16.aiff",
          "au_mulaw_22k.au", "wav_s16_44k_stereo.wav", "wav_alaw_8k_mono.wav", "aac_adts.aac"}) {
        const std::string whole = read_text_file(test::shared("data/formats") / name);
        write_file(folder / "cut", whole.substr(0, whole.size() / 2));
        AudioReader reader(folder / "cut", {});
        std::vector<float> piece(22050 * 10);
        const double seconds = static_cast<double>(reader.read(piece)) / 22050;
        EXPECT_GT(seconds, 3) << name;
        EXPECT_LT(seconds, 5) << name;
        EXPECT_NE(reader.warning(), "") << name;
    }
}

/// Of a clip from the middle the decoder never comes to the end.
TEST_F(BadSoundTest, ACutWavSaysSoBeforeItsEndIsReached) {
    const std::string whole = float_wav(test::tone(440, 4, 22050), 22050);
    write_file(folder_ / "cut.wav", whole.substr(0, whole.size() / 2));
    AudioReader reader(folder_ / "cut.wav", {});
    std::vector<float> piece(100);
    reader.read(piece);
    EXPECT_EQ(reader.warning(), "it states 4.0 s of sound, the file holds 2.0 s");
}

/// Who writes into a pipe does not know the length yet.
TEST_F(BadSoundTest, AWavWhoseLengthIsAPlaceholderIsNotCut) {
    const std::string data(22050 * 2, '\1');
    for (const std::uint64_t stated :
         {0ULL, 0x7F000000ULL, 0x7FFFF000ULL, 0x7FFFFF00ULL, 0x7FFFFFFFULL, 0x80000000ULL, 0xFFFFFFFFULL}) {
        write_file(folder_ / "stream.wav", wav_header({.rate_hz = 22050}, stated) + data);
        AudioReader reader(folder_ / "stream.wav", {});
        std::vector<float> piece(22050 * 2);
        EXPECT_EQ(reader.read(piece), 22050U) << stated;
        EXPECT_EQ(reader.warning(), "") << stated;
    }
}

}  // namespace
}  // namespace melvit
