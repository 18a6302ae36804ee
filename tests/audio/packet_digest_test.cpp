#include "melvit/audio/packet_digest.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/audio/mpeg_frames.h"
#include "tests/audio/sound_bytes.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

class PacketDigestTest : public testing::Test {
protected:
    std::string digest(const std::string& bytes) {
        write_file(folder_ / "song", bytes);
        return packet_digest(folder_ / "song");
    }

    test::TempFolder folder_;
};

std::string id3v2(std::size_t bytes) {
    return std::string("ID3\4\0\0\0\0", 8) + static_cast<char>(bytes / 128) + static_cast<char>(bytes % 128) +
           std::string(bytes, 'x');
}

TEST_F(PacketDigestTest, TagsOfAnMp3ChangeNothing) {
    const std::string music = test::mp3_frames(200);
    const std::string id3v1 = "TAG" + std::string(125, ' ');
    const std::string lyrics = "LYRICSBEGININD0000210000000LYRICS200";
    const std::string footer = std::string("3DI\4\0\x10\0\0\0\x40", 10);
    const std::string appended = std::string("ID3\4\0\x10\0\0\0\x40", 10) + std::string(64, 'y') + footer;
    const std::string plain = digest(music);
    EXPECT_EQ(plain.size(), 64U);
    EXPECT_EQ(digest(id3v2(500) + music), plain);
    EXPECT_EQ(digest(music + id3v1), plain);
    EXPECT_EQ(digest(music + test::ape_tag(600000)), plain);
    EXPECT_EQ(digest(music + test::ape_tag(70) + lyrics + id3v1), plain);
    EXPECT_EQ(digest(music + appended + id3v1), plain);
    EXPECT_NE(digest(test::mp3_frames(201)), plain);
    EXPECT_NE(digest(test::mp3_frames(199) + test::mp3_frame(false)), plain);
}

TEST_F(PacketDigestTest, ChunksOfAWavFileChangeNothing) {
    const std::string sound(44100, '\x21');
    const std::string plain = digest(test::wav_bytes({}, sound));
    const std::string list = "LIST" + test::number(8, 4) + "INFOxxxx";
    EXPECT_EQ(digest(test::wav_bytes({}, sound) + list), plain);
    std::string in_front = test::wav_bytes({}, sound);
    in_front.insert(12, list);
    EXPECT_EQ(digest(in_front), plain);
    EXPECT_NE(digest(test::wav_bytes({.rate_hz = 44100}, sound)), plain);
    EXPECT_NE(digest(test::wav_bytes({.channels = 2}, sound)), plain);
}

TEST_F(PacketDigestTest, WithoutAPacketThereIsNone) {
    EXPECT_THROW(digest(test::wav_bytes({}, "")), Error);
    EXPECT_THROW(digest("no sound"), Error);
}

}  // namespace
}  // namespace melvit
