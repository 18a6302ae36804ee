#include "melvit/audio/decode.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

std::string turned(const std::string& data, int bytes) {
    std::string text;
    for (std::size_t i = 0; i < data.size(); i += static_cast<std::size_t>(bytes)) {
        const std::string value = data.substr(i, static_cast<std::size_t>(bytes));
        text.append(value.rbegin(), value.rend());
    }
    return text;
}

/// The same WAV file with all numbers the other way round.
std::string rifx_bytes(const test::WavShape& shape, const std::string& data) {
    const std::string riff = test::wav_bytes(shape, data);
    const auto number = [&](std::size_t at, int bytes) {
        return turned(riff.substr(at, static_cast<std::size_t>(bytes)), bytes);
    };
    return "RIFX" + number(4, 4) + "WAVEfmt " + number(16, 4) + number(20, 2) + number(22, 2) +
           number(24, 4) + number(28, 4) + number(32, 2) + number(34, 2) + "data" + number(40, 4) +
           turned(data, shape.bits / 8);
}

TEST(Rifx, GivesTheSamplesOfTheSameFileInLittleEndian) {
    const test::TempFolder folder;
    std::string data;
    for (int i = 0; i < 24000; ++i) data.push_back(static_cast<char>(i * i % 61));
    for (const test::WavShape& shape : {test::WavShape{.bits = 8},
                                        {.bits = 16},
                                        {.channels = 2, .bits = 24},
                                        {.bits = 32},
                                        {.tag = 3, .bits = 32},
                                        {.tag = 3, .bits = 64},
                                        {.tag = 6, .bits = 8},
                                        {.tag = 7, .bits = 8}}) {
        write_file(folder / "riff.wav", test::wav_bytes(shape, data));
        write_file(folder / "rifx.wav", rifx_bytes(shape, data));
        EXPECT_EQ(decode(folder / "rifx.wav").samples, decode(folder / "riff.wav").samples)
            << shape.tag << ' ' << shape.bits;
    }
}

/// The header of SoX for more than 16 bits: extended, with the coding in a GUID, which SoX turns by halves.
std::string extended_rifx(const test::WavShape& shape, const std::string& data, bool as_sox) {
    const std::string plain = rifx_bytes(shape, data);
    const std::string coding = turned(test::number(shape.tag, 2), 2);
    std::string format = plain.substr(20, 16);
    format.replace(0, 2, "\xFF\xFE");
    format +=
        turned(test::number(22, 2), 2) + turned(test::number(shape.bits, 2), 2) + std::string("\0\0\0\4", 4);
    format += as_sox ? coding + std::string("\0\0\0\0\x10\0", 6)
                     : std::string("\0\0", 2) + coding + std::string("\0\0\0\x10", 4);
    format += std::string("\x80\0\0\xAA\0\x38\x9B\x71", 8);
    const std::string fact = "fact" + turned(test::number(4, 4), 4) + turned(test::number(1000, 4), 4);
    return "RIFXxxxxWAVEfmt " + turned(test::number(40, 4), 4) + format + fact + plain.substr(36);
}

TEST(Rifx, WithAnExtendedHeaderGivesTheSameSamples) {
    const test::TempFolder folder;
    std::string data;
    for (int i = 0; i < 24000; ++i) data.push_back(static_cast<char>(i * i % 61));
    for (const test::WavShape& shape :
         {test::WavShape{.bits = 24}, {.bits = 32}, {.tag = 3, .bits = 32}, {.tag = 7, .bits = 8}}) {
        write_file(folder / "riff.wav", test::wav_bytes(shape, data));
        for (const bool as_sox : {true, false}) {
            write_file(folder / "rifx.wav", extended_rifx(shape, data, as_sox));
            EXPECT_EQ(decode(folder / "rifx.wav").samples, decode(folder / "riff.wav").samples)
                << shape.tag << ' ' << shape.bits << ' ' << as_sox;
        }
    }
}

TEST(Rifx, OfAnotherCodingIsRefused) {
    const test::TempFolder folder;
    write_file(folder / "rifx.wav", rifx_bytes({.tag = 2, .bits = 16}, std::string(4000, '\1')));
    EXPECT_THROW(decode(folder / "rifx.wav"), Error);
}

}  // namespace
}  // namespace melvit
