#include "melvit/dataset/song_list.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

using namespace std::string_literals;
using Songs = std::vector<std::string>;

TEST(SongList, ALineIsASongUnlessItIsBlankOrARemark) {
    EXPECT_EQ(songs_of_list("a.wav\r\n\r\nb.wav\rc d.wav\n \n"), (Songs{"a.wav", "b.wav", "c d.wav"}));
    EXPECT_EQ(songs_of_list("# mine\n#1 hit.mp3\n"), (Songs{"#1 hit.mp3"}));
    EXPECT_EQ(songs_of_list(""), Songs{});
}

TEST(SongList, RemarksOfAnM3uAreNoSongs) {
    EXPECT_EQ(songs_of_list("#EXTM3U\n#EXTINF:4,A - B.mp3\nb.mp3\n#old.mp3\nhttp://host/c.mp3\n"),
              (Songs{"b.mp3", "http://host/c.mp3"}));
    EXPECT_EQ(songs_of_list("a.mp3\n#EXTINF:4,B.mp3\nb.mp3"), (Songs{"a.mp3", "b.mp3"}));
}

TEST(SongList, PlsAndXspfAreReadByTheirText) {
    EXPECT_EQ(songs_of_list("[playlist]\nNumberOfEntries=2\nFile1=a b.mp3\nTitle1=File\nfile2 = c.mp3\n"),
              (Songs{"a b.mp3", "c.mp3"}));
    EXPECT_EQ(
        songs_of_list("<?xml version=\"1.0\"?><playlist><trackList><track>\n<location> a%20b.mp3 </location>"
                      "<title>x</title></track><track><location>Q&amp;A&amp;lt;.mp3</location></track>"),
        (Songs{"a%20b.mp3", "Q&A&lt;.mp3"}));
    EXPECT_EQ(songs_of_list("<?xml version=\"1.0\"?><location>cut"), Songs{"cut"});
}

TEST(SongList, NamesThatEndInAZeroByteMayHoldAnything) {
    EXPECT_EQ(songs_of_zero_list("a\nb.wav\0 c.wav\0\0#d"s), (Songs{"a\nb.wav", " c.wav", "#d"}));
    EXPECT_EQ(songs_of_zero_list(""), Songs{});
}

TEST(SongList, ACueSheetNamesTheFileToClassify) {
    EXPECT_NE(problem_of_cue_sheet("PERFORMER \"X\"\r\nFILE \"The album.flac\" WAVE\r\n  TRACK 01 AUDIO\r\n")
                  .find("classify The album.flac"),
              std::string::npos);
    EXPECT_NE(problem_of_cue_sheet("").find("classify the file that it names"), std::string::npos);
}

TEST(SongList, PlaylistsAreToldByTheirEndings) {
    for (const char* name : {"a.m3u", "a.M3U8", "x/a.pls", "a.xspf"}) EXPECT_TRUE(is_playlist(name)) << name;
    for (const char* name : {"a.mp3", "m3u", "a.txt"}) EXPECT_FALSE(is_playlist(name)) << name;
}

}  // namespace
}  // namespace melvit
