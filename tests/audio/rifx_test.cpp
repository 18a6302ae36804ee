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

TEST(Rifx, OfAnotherCodingIsRefused) {
    const test::TempFolder folder;
    write_file(folder / "rifx.wav", rifx_bytes({.tag = 2, .bits = 16}, std::string(4000, '\1')));
    EXPECT_THROW(decode(folder / "rifx.wav"), Error);
}

}  // namespace
}  // namespace melvit
