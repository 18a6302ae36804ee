#include "melvit/classifier/prediction.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

/// The certain genre of each stretch of a song: genre 0, then genre 1.
std::vector<TimedProbabilities> two_halves() {
    return {{0, 10, {1.0, 0.0}}, {10, 20, {0.0, 1.0}}};
}

TEST(TopGenres, AreTheLargestAndEqualOnesKeepTheirOrder) {
    EXPECT_EQ(top_genres({0.1, 0.4, 0.1, 0.4}, 3), (std::vector<std::size_t>{1, 3, 0}));
    EXPECT_EQ(top_genres({0.3, 0.7}, 9), (std::vector<std::size_t>{1, 0}));
    EXPECT_TRUE(top_genres({0.3, 0.7}, 0).empty());
}

TEST(Segments, WeighEachImageByItsOverlap) {
    const auto segments = segments_of(two_halves(), 20, 8);
    ASSERT_EQ(segments.size(), 3U);
    EXPECT_DOUBLE_EQ(segments[0].probabilities[0], 1.0);
    EXPECT_DOUBLE_EQ(segments[1].start_seconds, 8);
    EXPECT_DOUBLE_EQ(segments[1].end_seconds, 16);
    EXPECT_DOUBLE_EQ(segments[1].probabilities[0], 0.25);
    EXPECT_DOUBLE_EQ(segments[1].probabilities[1], 0.75);
    EXPECT_DOUBLE_EQ(segments[2].probabilities[1], 1.0);
}

TEST(Segments, CoverTheSongWithoutAPieceThatIsOnlyACrumb) {
    const auto crumb = segments_of(two_halves(), 20, 9.8);  // 2 pieces and 0.4 s
    ASSERT_EQ(crumb.size(), 2U);
    EXPECT_DOUBLE_EQ(crumb[1].end_seconds, 20);
    const auto rest = segments_of(two_halves(), 20, 9);  // 2 pieces and 2 s
    ASSERT_EQ(rest.size(), 3U);
    EXPECT_DOUBLE_EQ(rest[2].start_seconds, 18);
    EXPECT_DOUBLE_EQ(rest[2].end_seconds, 20);
    const auto longer_than_the_song = segments_of(two_halves(), 20, 1000);
    ASSERT_EQ(longer_than_the_song.size(), 1U);
    EXPECT_DOUBLE_EQ(longer_than_the_song[0].probabilities[0], 0.5);
}

TEST(Segments, WhereNoImageIsTakeTheNearest) {
    const std::vector<TimedProbabilities> gap = {{0, 5, {1.0, 0.0}}, {15, 20, {0.0, 1.0}}};
    const auto segments = segments_of(gap, 20, 4);
    ASSERT_EQ(segments.size(), 5U);
    EXPECT_DOUBLE_EQ(segments[2].probabilities[0] + segments[2].probabilities[1], 1.0);
    EXPECT_DOUBLE_EQ(segments[3].probabilities[1], 1.0);  // 12 ... 16 s overlaps the second
}

TEST(Segments, OfSilenceHaveNoGenre) {
    SoundMap sound;
    for (int block = 0; block < 200; ++block)
        sound.add(block < 101 ? BlockSound::sound
                              : BlockSound::silence);  // 10.1 s: what rings on is no sound
    const auto segments = segments_of(two_halves(), 20, 5, sound);
    ASSERT_EQ(segments.size(), 4U);
    EXPECT_FALSE(segments[0].is_silent());
    EXPECT_DOUBLE_EQ(segments[1].probabilities[0], 1.0);
    EXPECT_TRUE(segments[2].is_silent());
    EXPECT_TRUE(segments[3].is_silent());
}

}  // namespace
}  // namespace melvit
