#include "melvit/dataset/genre_names.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

std::string note_on(const std::string& a, const std::string& b) {
    const std::vector<std::string> notes = notes_on_alike_genres({a, b});
    return notes.empty() ? "" : notes.front();
}

TEST(GenreNames, GenresThatPeopleTakeForOneAreNamed) {
    EXPECT_EQ(note_on("Blues", "blues"),
              "\"Blues\" and \"blues\" are taken for two genres, they differ in case alone");
    EXPECT_EQ(note_on("blues", "blues\xC2\xA0"),
              "\"blues\" and \"blues\\xa0\" are taken for two genres, they differ in blanks alone");
    EXPECT_NE(note_on("hip  hop", "hip hop").find("differ in blanks alone"), std::string::npos);
    EXPECT_NE(note_on("blues ", "blues").find("differ in blanks alone"), std::string::npos);
    EXPECT_NE(note_on("Bj\xC3\xB6rk", "Bjo\xCC\x88rk").find("differ in the Unicode form alone"),
              std::string::npos);
    EXPECT_NE(note_on("Hip Hop", "hip\xC2\xA0hop").find("differ in case or blanks alone"), std::string::npos);
}

TEST(GenreNames, OtherGenresAreLeftAlone) {
    EXPECT_EQ(notes_on_alike_genres({"blues", "hip hop", "hiphop", "rock"}), std::vector<std::string>{});
    EXPECT_EQ(notes_on_alike_genres({"ROCK", "Rock", "rock"}).size(), 2U);
}

}  // namespace
}  // namespace melvit
