#include "melvit/core/media_kind.h"

#include "melvit/audio/decode.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

TEST(MediaKind, IsToldByTheEndingInAnyCase) {
    for (const char* song : {"a.mp3", "a.WAV", "a.b.Flac", "a.m4b", "a.mkv", "a.ra", "a.rm", "a.shn", "a.oma",
                             "a.vqf", "a.voc", "a.adx", "a.gsm"}) {
        EXPECT_EQ(media_kind(song), MediaKind::song) << song;
    }
    EXPECT_EQ(media_kind("a.JPeG"), MediaKind::jpeg);
    for (const char* other : {"a.txt", "a", ".mp3", "._a.mp3", "mp3", "a.mid"}) {
        EXPECT_EQ(media_kind(other), MediaKind::other) << other;
    }
}

/// GSM 06.10 at 8 kHz has no header, so that its frames alone must tell what it is.
TEST(MediaKind, OfGsmAndVocIsASongThatOpens) {
    const test::TempFolder folder;
    std::string gsm;
    for (int frame = 0; frame < 100; ++frame) gsm += "\xD0" + std::string(32, static_cast<char>(frame * 7));
    test::write_quickly(folder / "a.gsm", gsm);
    EXPECT_NEAR(decode(folder / "a.gsm").duration_seconds(), 2.0, 0.1);

    // Creative's file: its header, then a block of 8-bit sound at 1 000 000 / (256 - 131) = 8000 Hz.
    std::string voc = "Creative Voice File\x1A";
    voc += std::string("\x1A\x00\x0A\x01\x29\x11", 6);
    const std::size_t block_bytes = 2 + 16000;
    voc += '\x01';
    for (int shift = 0; shift < 24; shift += 8) voc += static_cast<char>(block_bytes >> shift & 0xFFU);
    voc += std::string("\x83\x00", 2);
    for (int i = 0; i < 16000; ++i) voc += static_cast<char>(128 + (i % 20 < 10 ? 50 : -50));
    voc += '\0';
    test::write_quickly(folder / "a.voc", voc);
    EXPECT_NEAR(decode(folder / "a.voc").duration_seconds(), 2.0, 0.1);
}

}  // namespace
}  // namespace melvit
