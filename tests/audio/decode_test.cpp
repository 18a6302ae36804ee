#include "melvit/audio/decode.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/sound_bytes.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_files.h"

#include <array>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace melvit {
namespace {

using test::float_wav;
using test::little_endian;
using test::number;
using test::tone;
using test::wav_bytes;
using test::wav_header;

class DecodeTest : public testing::Test {
protected:
    Waveform decode_bytes(const std::string& bytes, const DecodeConfig& config = {}) {
        write_file(folder_ / "sound", bytes);
        return decode(folder_ / "sound", config);
    }

    test::TempFolder folder_;
};

/// The same four sample values in each of the PCM codings, low to high: -1, -1/2, 0, 1/2.
struct Coding {
    const char* name;
    test::WavShape shape;
    std::string data;
};

std::string all(int bytes, std::initializer_list<std::int64_t> values) {
    std::string data;
    for (const std::int64_t value : values) data += little_endian(static_cast<std::uint64_t>(value), bytes);
    return data;
}

std::string doubles(std::initializer_list<double> values) {
    std::string data;
    for (const double value : values) data += little_endian(std::bit_cast<std::uint64_t>(value), 8);
    return data;
}

TEST_F(DecodeTest, EveryPcmCodingGivesTheSameValues) {
    constexpr std::int64_t kOne = 1;
    const std::vector<Coding> codings{
        {"8 bit", {.tag = 1, .bits = 8}, all(1, {0, 64, 128, 192})},
        {"16 bit", {.tag = 1, .bits = 16}, all(2, {-(kOne << 15), -(kOne << 14), 0, kOne << 14})},
        {"24 bit", {.tag = 1, .bits = 24}, all(3, {-(kOne << 23), -(kOne << 22), 0, kOne << 22})},
        {"32 bit", {.tag = 1, .bits = 32}, all(4, {-(kOne << 31), -(kOne << 30), 0, kOne << 30})},
        {"64 bit", {.tag = 1, .bits = 64}, all(8, {-kOne << 63, -(kOne << 62), 0, kOne << 62})},
        {"double", {.tag = 3, .bits = 64}, doubles({-1.0, -0.5, 0.0, 0.5})},
    };
    const std::vector<float> expected{-1.0F, -0.5F, 0.0F, 0.5F};
    for (const Coding& coding : codings) {
        EXPECT_EQ(decode_bytes(wav_bytes(coding.shape, coding.data)).samples, expected) << coding.name;
    }
    EXPECT_EQ(decode_bytes(float_wav(expected, 22050)).samples, expected) << "float";
}

TEST_F(DecodeTest, ALawAndMuLawExpandToTheirLoudestValue) {
    // 0xAA and 0x80 are the largest positive codes of ITU-T G.711: 32256 and 32124 of 32768.
    EXPECT_EQ(decode_bytes(wav_bytes({.tag = 6, .bits = 8}, "\xAA")).samples[0], 32256.0F / 32768);
    EXPECT_EQ(decode_bytes(wav_bytes({.tag = 7, .bits = 8}, "\x80")).samples[0], 32124.0F / 32768);
}

TEST_F(DecodeTest, ABigEndianAuFileIsRead) {
    const std::string header(".snd\0\0\0\x18\0\0\0\x04\0\0\0\x03\0\0\x56\x22\0\0\0\x01", 24);
    EXPECT_EQ(decode_bytes(header + std::string("\x40\0\xC0\0", 4)).samples,
              (std::vector<float>{0.5F, -0.5F}));
}

TEST_F(DecodeTest, ChannelsAreAveragedTheBassChannelOfASurroundFileToo) {
    for (const int channels : {2, 6, 8}) {
        std::vector<float> samples(static_cast<std::size_t>(channels) * 100, 0.0F);
        for (std::size_t t = 0; t < 100; ++t) samples[t * static_cast<std::size_t>(channels) + 1] = 0.5F;
        const Waveform waveform = decode_bytes(float_wav(samples, 22050, channels));
        ASSERT_EQ(waveform.samples.size(), 100U);
        EXPECT_FLOAT_EQ(waveform.samples[50], 0.5F / static_cast<float>(channels));
    }
}

TEST_F(DecodeTest, TheRateIsTheOneAskedFor) {
    for (const int rate_hz : {8000, 16000, 22050, 44100, 48000}) {
        const Waveform waveform =
            decode_bytes(float_wav(tone(440, 1, 44100), 44100), {.sample_rate_hz = rate_hz});
        EXPECT_EQ(waveform.sample_rate_hz, rate_hz);
        EXPECT_EQ(waveform.samples.size(), static_cast<std::size_t>(rate_hz));
        EXPECT_NEAR(test::rms(waveform.samples), 0.5 / std::sqrt(2.0), 0.0035);
    }
}

TEST_F(DecodeTest, DsdIsReadAlthoughItsByteRateIsAbove192Kilohertz) {
    // A DSF file of one block of alternating bits, which is silence, at 2.8224 MHz.
    constexpr int kBlock = 4096;
    const std::string format = "fmt " + number(52, 8) + number(1, 4) + number(0, 4) + number(1, 4) +
                               number(1, 4) + number(2822400, 4) + number(1, 4) + number(kBlock * 8, 8) +
                               number(kBlock, 4) + number(0, 4);
    const std::string data = "data" + number(12 + kBlock, 8) + std::string(kBlock, '\x69');
    const std::string head =
        "DSD " + number(28, 8) + little_endian(28 + format.size() + data.size(), 8) + number(0, 8);
    const Waveform waveform = decode_bytes(head + format + data);
    EXPECT_EQ(waveform.samples.size(), 256U);  // 4096 / 352 800 s
    EXPECT_LT(std::abs(waveform.samples[128]), 0.01F);
}

std::string big_endian(std::size_t value, int bytes) {
    std::string text = little_endian(value, bytes);
    return {text.rbegin(), text.rend()};
}

/// Ten FLV tags of 16-bit mono PCM that play a second of 440 Hz; an FLV may change its rate with every tag.
std::string flv_tags(int rate_hz, int rate_code, std::size_t first_ms) {
    constexpr int kPcm = 3;
    const std::vector<float> samples = tone(440, 1, rate_hz);
    std::string tags;
    for (std::size_t i = 0; i < 10; ++i) {
        std::string payload(1, static_cast<char>(kPcm << 4 | rate_code << 2 | 2));
        for (std::size_t t = samples.size() * i / 10; t < samples.size() * (i + 1) / 10; ++t) {
            payload += little_endian(static_cast<std::uint64_t>(std::lround(samples[t] * 32768)), 2);
        }
        tags += '\x08' + big_endian(payload.size(), 3) + big_endian(first_ms + 100 * i, 3) + number(0, 4) +
                payload + big_endian(payload.size() + 11, 4);
    }
    return tags;
}

TEST_F(DecodeTest, AStreamThatChangesItsRateGoesOnInTime) {
    const std::string head("FLV\1\4\0\0\0\x09\0\0\0\0", 13);
    const Waveform waveform =
        decode_bytes(head + flv_tags(22050, 2, 0) + flv_tags(11025, 1, 1000), {.sample_rate_hz = 16000});
    const std::vector<float> expected = tone(440, 2, 16000);  // whole periods: no jump where the rate changes
    ASSERT_EQ(waveform.samples.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const bool at_an_edge = i < 100 || (i > 15900 && i < 16100) || i > 31900;  // a filter length
        ASSERT_NEAR(waveform.samples[i], expected[i], at_an_edge ? 0.5 : 0.002) << "sample " << i;
    }
}

TEST_F(DecodeTest, DigitalSilencePasses) {
    const Waveform waveform = decode_bytes(float_wav(std::vector<float>(22050, 0.0F), 22050));
    EXPECT_EQ(waveform.samples, std::vector<float>(22050, 0.0F));
}

TEST_F(DecodeTest, OneSampleIsEnough) {
    EXPECT_EQ(decode_bytes(float_wav({0.5F}, 22050)).samples, std::vector<float>{0.5F});
    EXPECT_EQ(decode_bytes(float_wav({0.5F}, 44100)).samples.size(), 1U);
}

TEST_F(DecodeTest, TheNameOfAFileDoesNotMatter) {
    write_file(folder_ / "song.mp3", float_wav({0.5F, 0.25F}, 22050));
    EXPECT_EQ(decode(folder_ / "song.mp3").samples, (std::vector<float>{0.5F, 0.25F}));
}

TEST_F(DecodeTest, AShortReadIsTheEndAndZeroFromThenOn) {
    write_file(folder_ / "a.wav", float_wav(tone(440, 1, 22050), 22050));
    AudioReader reader(folder_ / "a.wav", {});
    std::vector<float> piece(22000);
    EXPECT_EQ(reader.read(piece), 22000U);
    EXPECT_EQ(reader.read(piece), 50U);
    EXPECT_EQ(reader.read(piece), 0U);
    EXPECT_EQ(reader.read(piece), 0U);
    EXPECT_EQ(reader.warning(), "");
}

TEST_F(DecodeTest, TheStatedDurationIsTheContainers) {
    write_file(folder_ / "a.wav", float_wav(tone(440, 1.5, 22050), 22050));
    EXPECT_NEAR(AudioReader(folder_ / "a.wav", {}).stated_duration_seconds(), 1.5, 1e-4);
}

TEST_F(DecodeTest, AFileLongerThanTheLimitIsRefused) {
    write_file(folder_ / "a.wav", float_wav(tone(440, 1.5, 22050), 22050));
    EXPECT_THROW(AudioReader(folder_ / "a.wav", {.longest_seconds = 1.0}), Error);
    EXPECT_EQ(decode(folder_ / "a.wav", {.longest_seconds = 1.5}).samples.size(), 33075U);
}

TEST_F(DecodeTest, TheLimitHoldsForAContainerThatUnderstatesItsLength) {
    // A data chunk of length 0 reads on to the end of the file.
    const std::string samples(2 * 22050 * 3, '\x10');
    write_file(folder_ / "a.wav", wav_header({}, 0) + samples);
    EXPECT_EQ(decode(folder_ / "a.wav").samples.size(), 3U * 22050);
    try {
        decode(folder_ / "a.wav", {.longest_seconds = 2.0});
        FAIL() << "was not refused";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("needs at most 2 s of sound"), std::string::npos)
            << error.what();
    }
}

TEST_F(DecodeTest, AStreamedWavThatPromisesHoursButHoldsASecondIsRead) {
    const std::string second(2 * 22050, '\x10');
    const Waveform waveform = decode_bytes(wav_header({}, 0x7FFFFF00U) + second);
    EXPECT_EQ(waveform.samples.size(), 22050U);
}

long peak_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

TEST_F(DecodeTest, TwoHoursStreamInBoundedMemory) {
    if (test::kAddressSanitizer) GTEST_SKIP() << "the address sanitizer keeps freed memory";
    // 8-bit sound at 8 kHz: 58 MB as a file with a hole in it, 230 MB as floats.
    constexpr std::uint64_t kBytes = 7200ULL * 8000;
    write_file(folder_ / "long.wav", wav_header({.rate_hz = 8000, .bits = 8}, kBytes));
    std::filesystem::resize_file(folder_ / "long.wav", 44 + kBytes);
    const long before = peak_megabytes();
    AudioReader reader(folder_ / "long.wav", {.sample_rate_hz = 8000});
    std::vector<float> piece(8000);
    std::size_t total = 0;
    while (const std::size_t count = reader.read(piece)) total += count;
    EXPECT_EQ(total, kBytes);
    EXPECT_LT(peak_megabytes() - before, 40) << "MB more than before";
}

TEST(Decode, TheRateAskedForMustBeOneOfSound) {
    EXPECT_THROW(AudioReader("any.wav", {.sample_rate_hz = 0}), Error);
    EXPECT_THROW(AudioReader("any.wav", {.sample_rate_hz = 10'000'000}), Error);
}

}  // namespace
}  // namespace melvit
