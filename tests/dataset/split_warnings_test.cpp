#include "melvit/dataset/split_warnings.h"

#include "melvit/dataset/song_pieces.h"

#include "tests/support/errors.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>

namespace melvit {
namespace {

/// Tracks by genre and file name.
FeatureTable table_of(const std::map<std::string, std::vector<std::string>>& names) {
    FeatureTable table;
    for (const auto& [genre, files] : names) {
        for (const std::string& file : files) {
            table.labels.push_back(table.genres.size());
            table.files.push_back("data/" + genre + "/" + file);
            table.file_sha256.push_back("bytes of " + table.files.back());
            table.sound_sha256.push_back("sound of " + table.files.back());
        }
        table.genres.push_back(genre);
    }
    return table;
}

/// Names of one pattern, numbered from `first`.
std::vector<std::string> numbered(const std::string& pattern, int first, int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(fmt::format(fmt::runtime(pattern), first + i));
    return names;
}

std::vector<std::string> both(std::vector<std::string> one, const std::vector<std::string>& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

/// Every third track tests, every third validates.
Split thirds(const FeatureTable& table) {
    Split split;
    for (std::size_t t = 0; t < table.tracks(); ++t) {
        (t % 3 == 0 ? split.test : t % 3 == 1 ? split.validation : split.train).push_back(t);
    }
    return split;
}

std::string warnings_of(const FeatureTable& table, const Split& split) {
    std::string text;
    for (const std::string& warning : split_warnings(table, std::span(&split, 1))) text += warning + "\n";
    return text;
}

FeatureTable large_table() {
    return table_of(
        {{"blues", numbered("blues.{:05}.wav", 0, 60)}, {"jazz", numbered("jazz.{:05}.wav", 0, 60)}});
}

TEST(SplitWarnings, ASoundSplitHasNone) {
    EXPECT_EQ(warnings_of(large_table(), thirds(large_table())), "");
}

TEST(SplitWarnings, AGenreThatIsMissingOnASideIsNamed) {
    const FeatureTable table = large_table();
    Split split = thirds(table);
    std::erase_if(split.train, [&](std::size_t t) { return table.labels[t] == 1; });
    EXPECT_EQ(warnings_of(table, split),
              "1 genre has no training track, so the model cannot name it: jazz\n");
    split = thirds(table);
    std::erase_if(split.validation, [&](std::size_t t) { return table.labels[t] == 0; });
    std::erase_if(split.test, [&](std::size_t t) { return table.labels[t] == 1; });
    const std::string warnings = warnings_of(table, split);
    EXPECT_TRUE(test::holds(warnings, "1 genre has no validation track")) << warnings;
    EXPECT_TRUE(test::holds(warnings, "the data are too few")) << "20 test tracks";
}

TEST(SplitWarnings, FewerThanTenTestTracksOfAGenreAreSaid) {
    const FeatureTable table = large_table();
    Split split = thirds(table);
    while (std::ranges::count_if(split.test, [&](std::size_t t) { return table.labels[t] == 1; }) > 9) {
        split.test.pop_back();
    }
    split.test.push_back(1);  // 30 in all
    EXPECT_TRUE(test::holds(warnings_of(table, split),
                            "1 of 2 genres have fewer than 10 test tracks (the fewest: jazz, 9)"));
}

TEST(SplitWarnings, ManyGenresOfThreeTracksAreTooFewInOneSentence) {
    std::map<std::string, std::vector<std::string>> names;
    for (int g = 0; g < 300; ++g) names[fmt::format("genre{:03}", g)] = {"a.png", "b.png", "c.png"};
    const FeatureTable table = table_of(names);
    const Split split = make_splits(table, "random:0", false).front();
    const auto warnings = split_warnings(table, std::span(&split, 1));
    EXPECT_EQ(std::ranges::count_if(warnings, [](const auto& w) { return w.find("too few") != w.npos; }), 1);
}

TEST(SplitWarnings, TheSameSoundOnTwoSidesIsSaidAndAMadeSplitKeepsItOnOne) {
    FeatureTable table = large_table();
    table.sound_sha256[1] = table.sound_sha256[0];
    EXPECT_TRUE(test::holds(warnings_of(table, thirds(table)),
                            "2 tracks have the bytes or the sound of a track in another subset"));
    for (int seed = 0; seed < 20; ++seed) {
        const Split split = make_splits(table, fmt::format("random:{}", seed), false).front();
        EXPECT_EQ(warnings_of(table, split).find("sound of a track"), std::string::npos) << seed;
    }
}

TEST(SplitWarnings, RepeatedTracksAreCountedByBytesAndBySound) {
    FeatureTable table = large_table();
    EXPECT_EQ(duplicates_text(table), "");
    table.sound_sha256[1] = table.sound_sha256[0];
    EXPECT_EQ(duplicates_text(table), fmt::format("1 of {} tracks repeats another one: 0 by their bytes, "
                                                  "1 by its sound alone",
                                                  table.tracks()));
    table.file_sha256[2] = table.file_sha256[1];
    table.sound_sha256[2] = table.sound_sha256[1];
    table.file_sha256[4] = table.file_sha256[3];
    EXPECT_EQ(duplicates_text(table), fmt::format("3 of {} tracks repeat another one: 2 by their bytes, "
                                                  "1 by its sound alone",
                                                  table.tracks()));
}

TEST(SplitWarnings, PiecesOfASongOnTwoSidesAreSaid) {
    const FeatureTable table =
        table_of({{"blues", both(numbered("river.part{}.wav", 1, 30), numbered("road.part{}.wav", 1, 30))},
                  {"jazz", numbered("jazz.{:05}.wav", 0, 60)}});
    EXPECT_TRUE(test::holds(warnings_of(table, thirds(table)),
                            "60 tracks look like pieces of 2 songs or albums (data/blues/river.part1.wav, "
                            "data/blues/river.part2.wav)"));
    Split split = thirds(table);
    std::erase_if(split.test, [](std::size_t t) { return t < 60; });
    std::erase_if(split.validation, [](std::size_t t) { return t < 60; });
    EXPECT_EQ(warnings_of(table, split).find("pieces"), std::string::npos) << "they lie in one subset";
}

/// The number of songs that are found in pieces among some names of one genre.
std::size_t songs_in(const std::vector<std::string>& names) {
    return song_pieces(table_of({{"blues", names}, {"jazz", numbered("jazz.{:05}.wav", 0, 9)}})).size();
}

TEST(SongPieces, AreToldByAWordAndANumber) {
    for (const char* pattern :
         {"song.part{}.wav", "blues.00000-chunk{}.wav", "Song_Clip_{:03}.mp3", "song seg{}.flac",
          "segment_{}_of_song.wav", "song (part {}).ogg", "blues.00007.slice{}.png"}) {
        EXPECT_EQ(songs_in(numbered(pattern, 1, 4)), 1U) << pattern;
    }
}

TEST(SongPieces, AreToldByStretchesOfTime) {
    EXPECT_EQ(songs_in({"song_0-30.wav", "song_30-60.wav", "song_60-90.wav"}), 1U);
    EXPECT_EQ(songs_in({"opus_2-11.wav", "opus_3-17.wav"}), 0U) << "no stretch goes on where another ends";
}

TEST(SongPieces, AreToldByNumbersThatBeginAgainWithEachSong) {
    for (const char* pattern :
         {"{}_{:02}.wav", "{} - {:03}.mp3", "{}.{}.png", "{} ({}).wav", "{}/{:03}.wav"}) {
        std::vector<std::string> names;
        for (const char* song : {"river", "road", "train"}) {
            for (int i = 1; i <= 3; ++i) names.push_back(fmt::format(fmt::runtime(pattern), song, i));
        }
        EXPECT_EQ(songs_in(names), 3U) << pattern;
    }
    EXPECT_EQ(songs_in(both(numbered("blues.00000.{}.wav", 0, 3), numbered("blues.00001.{}.wav", 0, 3))), 2U);
}

TEST(SongPieces, PlainNumberingIsNone) {
    for (const char* pattern :
         {"blues.{:05}.wav", "blues{:05}.png", "{:05}.au", "track{:02}.mp3", "track_{:02}.mp3",
          "{:02} - one name.mp3", "Media-1039{:02}.wav", "blues_clip_{:03}.wav", "clip_{}.wav"}) {
        EXPECT_EQ(songs_in(numbered(pattern, 1, 50)), 0U) << pattern;
    }
    EXPECT_EQ(songs_in(both(numbered("000/{:06}.mp3", 2, 5), numbered("001/{:06}.mp3", 1040, 5))), 0U)
        << "numbers that go on from folder to folder";
    EXPECT_TRUE(song_pieces(table_of({{"blues", numbered("gtzan_clip_{}.wav", 1, 9)},
                                      {"jazz", numbered("gtzan_clip_{}.wav", 10, 9)}}))
                    .empty())
        << "a name in several genres is the data set's";
}

}  // namespace
}  // namespace melvit
