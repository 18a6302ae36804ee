#include "melvit/dataset/split.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/sha256.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/catalog.h"
#include "melvit/dataset/split_assignment.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>

namespace melvit {
namespace {

/// A table of `genres` x `each` tracks, all with bytes of their own.
FeatureTable table_of(std::size_t genres, std::size_t each,
                      const std::string& pattern = "g{0}/g{0}.{1:05}.wav") {
    FeatureTable table;
    for (std::size_t g = 0; g < genres; ++g) {
        table.genres.push_back(fmt::format("g{}", g));
        for (std::size_t i = 0; i < each; ++i) {
            table.files.push_back(fmt::format(fmt::runtime(pattern), g, i));
            table.labels.push_back(g);
            table.file_sha256.push_back(sha256_of_text(fmt::format("{} {}", g, i)));
        }
    }
    table.artists.resize(table.tracks());
    table.split_column.resize(table.tracks());
    return table;
}

void remove_last(FeatureTable& table) {
    table.files.pop_back();
    table.labels.pop_back();
    table.file_sha256.pop_back();
    table.artists.pop_back();
    table.split_column.pop_back();
}

using Counts = std::vector<std::size_t>;

Counts sizes(const Split& split) {
    return {split.train.size(), split.validation.size(), split.test.size()};
}

/// 't', 'v' or 'e' of each track, '-' for one in no subset.
std::string subsets(const Split& split, std::size_t tracks) {
    std::string subset(tracks, '-');
    for (const std::size_t track : split.train) subset[track] = 't';
    for (const std::size_t track : split.validation) subset[track] = 'v';
    for (const std::size_t track : split.test) subset[track] = 'e';
    return subset;
}

/// Ascending, no track in two subsets, `used` in all.
void expect_sound(const Split& split, std::size_t used) {
    std::set<std::size_t> seen;
    for (const auto* subset : {&split.train, &split.validation, &split.test}) {
        EXPECT_TRUE(std::ranges::is_sorted(*subset));
        for (const std::size_t track : *subset) EXPECT_TRUE(seen.insert(track).second);
    }
    EXPECT_EQ(seen.size(), used);
}

Split one_split(const FeatureTable& table, const std::string& spec, bool allow_duplicates = false) {
    std::vector<Split> splits = make_splits(table, spec, allow_duplicates);
    EXPECT_EQ(splits.size(), 1U);
    return splits.at(0);
}

std::string error_of(const FeatureTable& table, const std::string& spec) {
    try {
        make_splits(table, spec, false);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool has_note(const Split& split, const std::string& part) {
    return std::ranges::any_of(split.notes,
                               [&](const std::string& n) { return n.find(part) != std::string::npos; });
}

TEST(Split, RandomHasTheStudysSizesForADataSetOfItsSize) {
    FeatureTable table = table_of(10, 100);
    EXPECT_EQ(sizes(one_split(table, "random:0")), (Counts{800, 100, 100}));
    remove_last(table);
    EXPECT_EQ(sizes(one_split(table, "random:7")), (Counts{800, 100, 99}));
    expect_sound(one_split(table, "random:7"), 999);
}

TEST(Split, RandomIsEightyTenTenForOtherSizesAndLeavesNoSideEmpty) {
    EXPECT_EQ(sizes(one_split(table_of(10, 20), "random:1")), (Counts{160, 20, 20}));
    EXPECT_EQ(sizes(one_split(table_of(10, 120), "random:1")), (Counts{960, 120, 120}));
    EXPECT_EQ(sizes(one_split(table_of(3, 1), "random:1")), (Counts{1, 1, 1}));
    EXPECT_EQ(sizes(one_split(table_of(10, 90), "random:1")), (Counts{720, 90, 90}));
    EXPECT_NE(error_of(table_of(2, 1), "random:1").find("needs at least 3 tracks, there are 2"),
              std::string::npos);
}

TEST(Split, TheSeedDecides) {
    const FeatureTable table = table_of(5, 20);
    EXPECT_EQ(one_split(table, "random:3").test, one_split(table, "random:3").test);
    EXPECT_NE(one_split(table, "random:3").test, one_split(table, "random:4").test);
    EXPECT_EQ(one_split(table, "").test, one_split(table, "random:0").test);
}

TEST(Split, DuplicatesStayInOneSubsetAndTheSizesStayExact) {
    FeatureTable table = table_of(10, 100);
    remove_last(table);
    for (std::size_t i = 0; i < 14; ++i) table.file_sha256[70 * i + 1] = table.file_sha256[70 * i];
    table.file_sha256[500] = table.file_sha256[300];  // one of two genres
    for (int seed = 0; seed < 20; ++seed) {
        for (const char* name : {"random", "stratified"}) {
            const Split split = one_split(table, fmt::format("{}:{}", name, seed));
            EXPECT_EQ(sizes(split), (Counts{800, 100, 99})) << name;
            const std::string subset = subsets(split, 999);
            for (std::size_t i = 0; i < 14; ++i) EXPECT_EQ(subset[70 * i + 1], subset[70 * i]);
            EXPECT_EQ(subset[500], subset[300]);
        }
    }
}

TEST(Split, AllowedDuplicatesFallWhereChanceTakesThem) {
    FeatureTable table = table_of(10, 100);
    for (std::size_t i = 0; i < 1000; i += 2) table.file_sha256[i + 1] = table.file_sha256[i];
    const std::string apart = subsets(one_split(table, "random:1", true), 1000);
    const std::string together = subsets(one_split(table, "random:1", false), 1000);
    int straddling = 0;
    for (std::size_t i = 0; i < 1000; i += 2) {
        straddling += apart[i] != apart[i + 1];
        EXPECT_EQ(together[i], together[i + 1]);
    }
    EXPECT_GT(straddling, 100);
}

TEST(Split, FilesOfOneStemStayInOneSubset) {
    FeatureTable table = table_of(2, 50);
    for (std::size_t i = 0; i < 100; i += 2)
        table.files[i + 1] = table.files[i].substr(0, table.files[i].size() - 3) + "mp3";
    for (int seed = 0; seed < 5; ++seed) {
        const std::string subset = subsets(one_split(table, fmt::format("random:{}", seed)), 100);
        for (std::size_t i = 0; i < 100; i += 2) EXPECT_EQ(subset[i], subset[i + 1]);
    }
}

TEST(Split, ChanceIsFairToEveryTrack) {
    const FeatureTable table = table_of(2, 10);
    std::vector<int> tested(20, 0);
    for (int seed = 0; seed < 2000; ++seed) {
        for (const std::size_t track : one_split(table, fmt::format("random:{}", seed)).test) ++tested[track];
    }
    for (const int count : tested) {  // 200 expected, standard deviation 13.4
        EXPECT_GT(count, 140);
        EXPECT_LT(count, 260);
    }
}

TEST(Split, StratifiedGivesEveryGenreItsShare) {
    FeatureTable table = table_of(10, 100);
    remove_last(table);
    const Split split = one_split(table, "stratified:2");
    EXPECT_EQ(sizes(split), (Counts{800, 100, 99}));
    for (std::size_t g = 0; g < 10; ++g) {
        EXPECT_EQ(std::ranges::count(split.train, g, [&](std::size_t t) { return table.labels[t]; }), 80);
        EXPECT_EQ(std::ranges::count(split.validation, g, [&](std::size_t t) { return table.labels[t]; }),
                  10);
    }
    const Split small = one_split(table_of(10, 5), "stratified:2");
    EXPECT_EQ(sizes(small), (Counts{40, 5, 5}));
}

TEST(Split, GroupedKeepsEveryArtistInOneSubset) {
    FeatureTable table = table_of(4, 50);
    for (std::size_t t = 0; t < 200; ++t) table.artists[t] = fmt::format("artist {}", t / 7);
    for (int seed = 0; seed < 10; ++seed) {
        const Split split = one_split(table, fmt::format("grouped:{}", seed));
        expect_sound(split, 200);
        const std::string subset = subsets(split, 200);
        for (std::size_t t = 0; t < 200; ++t) EXPECT_EQ(subset[t], subset[t / 7 * 7]);
        EXPECT_NEAR(static_cast<double>(split.train.size()), 160, 7);
    }
}

TEST(Split, GroupedWithThreeArtistsGivesEachASide) {
    FeatureTable table = table_of(3, 10);
    for (std::size_t t = 0; t < 30; ++t) table.artists[t] = fmt::format("artist {}", t % 3);
    EXPECT_EQ(sizes(one_split(table, "grouped:1")), (Counts{10, 10, 10}));
}

TEST(Split, GroupedNeedsArtists) {
    FeatureTable table = table_of(3, 10);
    for (std::size_t t = 0; t < 29; ++t) table.artists[t] = "someone";
    EXPECT_NE(error_of(table, "grouped:1").find("1 of 30 tracks have none, the first is g2/g2.00009.wav"),
              std::string::npos);
    table.artists[29] = "someone";
    EXPECT_NE(error_of(table, "grouped:1").find("needs tracks in all three subsets"), std::string::npos);
}

TEST(Split, KFoldTestsEveryTrackOnceAndValidatesOnTheNextFold) {
    FeatureTable table = table_of(10, 20);
    table.file_sha256[33] = table.file_sha256[170];
    const std::vector<Split> splits = make_splits(table, "kfold:10:5", false);
    ASSERT_EQ(splits.size(), 10U);
    std::vector<int> tested(200, 0);
    for (std::size_t k = 0; k < 10; ++k) {
        expect_sound(splits[k], 200);
        EXPECT_EQ(splits[k].validation, splits[(k + 1) % 10].test);
        for (const std::size_t track : splits[k].test) ++tested[track];
        const std::string subset = subsets(splits[k], 200);
        EXPECT_EQ(subset[33], subset[170]);
        for (std::size_t g = 0; g < 10; ++g) {
            const auto in_genre =
                std::ranges::count(splits[k].test, g, [&](std::size_t t) { return table.labels[t]; });
            EXPECT_GE(in_genre, 1);
            EXPECT_LE(in_genre, 3);
        }
    }
    EXPECT_TRUE(std::ranges::all_of(tested, [](int count) { return count == 1; }));
}

TEST(Split, FoldsDifferByOneAtMost) {
    const std::vector<Split> splits = make_splits(table_of(7, 13), "kfold:4:0", false);
    for (const Split& split : splits) EXPECT_NEAR(static_cast<double>(split.test.size()), 91.0 / 4, 1);
    EXPECT_NE(error_of(table_of(2, 10), "kfold:2:0").find("needs 3 to 20 folds"), std::string::npos);
    EXPECT_NE(error_of(table_of(2, 10), "kfold:21:0").find("needs 3 to 20 folds"), std::string::npos);
}

TEST(Split, ASpecThatIsNoneListsTheForms) {
    const FeatureTable table = table_of(2, 10);
    for (const char* spec : {"random", "random:", "random:x", "random:1:2", "random:-1", "kfold:5",
                             "kfold:a:1", "Random:1", "grouped:1x", "gtzan", "random:99999999999999999999"}) {
        EXPECT_NE(error_of(table, spec).find("random:SEED, stratified:SEED, grouped:SEED, kfold:K:SEED"),
                  std::string::npos)
            << spec;
        EXPECT_EQ(test::error_of([&] { check_split(spec); }), error_of(table, spec)) << spec;
    }
}

/// GTZAN's names in one of its layouts.
FeatureTable gtzan_table(const std::string& pattern) {
    FeatureTable table = table_of(10, 100);
    table.genres = {"blues", "classical", "country", "disco",  "hiphop",
                    "jazz",  "metal",     "pop",     "reggae", "rock"};
    for (std::size_t t = 0; t < 1000; ++t) {
        table.files[t] = fmt::format(fmt::runtime(pattern), table.genres[t / 100], t % 100);
    }
    return table;
}

TEST(CheckSplit, LetsPassWhatCanBeMade) {
    for (const char* spec : {"", "random:1", "stratified:0", "grouped:3", "kfold:5:1", "gtzan-filtered"}) {
        EXPECT_NO_THROW(check_split(spec)) << spec;
    }
    EXPECT_EQ(check_split("random:1"), 1U);
    EXPECT_EQ(check_split("kfold:5:1"), 5U);
    EXPECT_TRUE(test::holds(test::error_of([] { check_split("gone.csv"); }), "gone.csv"));
}

/// A catalog of the table's tracks.
Catalog catalog_of(const FeatureTable& table) {
    Catalog catalog;
    catalog.genres = table.genres;
    for (std::size_t t = 0; t < table.tracks(); ++t) {
        catalog.tracks.push_back({table.files[t], table.labels[t], table.artists[t], table.split_column[t]});
    }
    return catalog;
}

TEST(CheckSplit, SaysOfACatalogWhatMakeSplitsSaysOfItsFeatures) {
    FeatureTable table = table_of(2, 10);
    for (const char* spec : {"kfold:21:0", "grouped:0", "gtzan-filtered"}) {
        const std::string error = error_of(table, spec);
        EXPECT_NE(error, "");
        EXPECT_EQ(test::error_of([&] { check_split(spec, catalog_of(table)); }), error) << spec;
    }
    for (const char* spec : {"", "random:0", "stratified:1", "kfold:20:0"}) {
        EXPECT_NO_THROW(check_split(spec, catalog_of(table))) << spec;
    }
    table.split_column[0] = "train";
    EXPECT_TRUE(
        test::holds(test::error_of([&] { check_split("", catalog_of(table)); }), "validation has none"));
    EXPECT_TRUE(test::holds(test::error_of([] { check_split("kfold:2:0"); }), "needs at least 3 folds"));
}

TEST(Split, GtzansListsHoldWhateverTheLayout) {
    const Split songs = one_split(gtzan_table("genres/{0}/{0}.{1:05}.au"), "gtzan-filtered");
    EXPECT_EQ(sizes(songs), (Counts{443, 197, 290}));
    expect_sound(songs, 930);
    EXPECT_TRUE(has_note(songs, "leaves out 70"));
    for (const char* pattern : {"x/{0}{1:05}.png", "{0}/{0}.{1:05}.wav", "{0}/{1:05}.mp3", "{0}/{1}.mp3"}) {
        EXPECT_EQ(subsets(one_split(gtzan_table(pattern), "gtzan-filtered"), 1000), subsets(songs, 1000))
            << pattern;
    }
    EXPECT_EQ(sizes(one_split(gtzan_table("{0}/{0}.{1:05}.wav"), "gtzan-stratified")),
              (Counts{500, 250, 250}));
    EXPECT_EQ(subsets(songs, 1000).substr(0, 20), "vvvvvvvvvvvveeeeeeee");
}

TEST(Split, TracksThatAreNoneOfGtzansAreLeftOutOrRefused) {
    FeatureTable table = gtzan_table("{0}/{0}.{1:05}.wav");
    table.files[0] = "blues/my song 7.wav";
    table.files[1] = "blues/blues.00100.wav";
    table.genres[9] = "polka";
    const Split split = one_split(table, "gtzan-stratified");
    EXPECT_TRUE(has_note(split, "102 of 1000 tracks are none of GTZAN's"));
    EXPECT_NE(error_of(table_of(3, 10), "gtzan-filtered").find("none of 30 has such a name"),
              std::string::npos);
}

class CsvSplit : public testing::Test {
protected:
    std::string csv(const std::string& text) {
        write_file(folder_ / "split.csv", text);
        return (folder_ / "split.csv").string();
    }

    test::TempFolder folder_;
};

TEST_F(CsvSplit, NamesTracksByTheEndOfTheirPath) {
    const FeatureTable table = table_of(2, 3, "/music/g{0}/{0}.{1}.wav");
    const Split split =
        one_split(table, csv("split,file\ntrain,g0/0.0.wav\nval,./0.1.wav\nTest,/music/g1/1.2.wav\n"));
    EXPECT_EQ(subsets(split, 6), "tv---e");
    EXPECT_TRUE(has_note(split, "3 of 6 tracks are in no subset"));
}

TEST_F(CsvSplit, NamesTracksSeenFromItsFolder) {
    FeatureTable table = table_of(1, 3);
    for (std::size_t t = 0; t < 3; ++t) table.files[t] = (folder_ / fmt::format("{}/song.wav", t)).string();
    EXPECT_EQ(
        subsets(one_split(table, csv("file,split\n0/song.wav,test\n1/song.wav,train\n2/song.wav,valid\n")),
                3),
        "etv");
}

TEST_F(CsvSplit, NamesTracksInAnyNormalFormAndWithTheSlashesOfWindows) {
    FeatureTable table = table_of(1, 3);
    table.files = {"/music/Bjo\xCC\x88rk/1.wav", "/music/Bj\xC3\xB6rk/2.wav", "/music/g/3.wav"};
    EXPECT_EQ(subsets(one_split(table, csv("file;split\nBj\xC3\xB6rk/1.wav;train\nBjo\xCC\x88rk/2.wav; Val\n"
                                           "g\\3.wav ;test\n")),
                      3),
              "tve");
}

TEST_F(CsvSplit, CountsRowsWithoutATrack) {
    const FeatureTable table = table_of(1, 3);
    const Split split = one_split(table, csv("file,split\ng0/g0.00000.wav,train\ng0/g0.00001.wav,val\ng0/"
                                             "g0.00002.wav,test\njazz.00054.wav,train\n"));
    EXPECT_TRUE(has_note(split, "1 of 4 rows name no track"));
}

TEST_F(CsvSplit, ThatNamesNoTrackSaysWhatItNames) {
    EXPECT_TRUE(test::holds(error_of(table_of(1, 3), csv("file,split\nx/1.wav,train\nx/2.wav,test\n")),
                            "needs rows that name tracks of the data, none of 2 does; the first is "
                            "\"x/1.wav\", the first track g0/g0.00000.wav"));
}

TEST_F(CsvSplit, RefusesAmbiguousContradictoryAndUnknownRowsWithTheirLine) {
    FeatureTable table = table_of(2, 3, "g{0}/{1}.wav");
    EXPECT_NE(error_of(table, csv("file,split\n1.wav,train\n"))
                  .find("line 2: needs more of the path than \"1.wav\""),
              std::string::npos);
    EXPECT_NE(error_of(table, csv("file,split\ng0/1.wav,train\ng0/1.wav,test\n"))
                  .find("line 3: needs each track in one subset"),
              std::string::npos);
    EXPECT_NE(error_of(table, csv("file,split\ng0/1.wav,holdout\n"))
                  .find("line 2: needs train, validation or test"),
              std::string::npos);
    EXPECT_NE(error_of(table, csv("file,split\ng0/1.wav\n")).find("line 2: needs to be a whole row"),
              std::string::npos);
    EXPECT_NE(error_of(table, csv("file,split\ng0/1.wav,train\n")).find("validation has none"),
              std::string::npos);
    EXPECT_NE(error_of(table, "nowhere.csv").find("nowhere.csv"), std::string::npos);
}

TEST_F(CsvSplit, TakesDuplicatesAsTheCsvHasThem) {
    FeatureTable table = table_of(1, 3, "g{0}/{1}.wav");
    table.file_sha256[1] = table.file_sha256[0];
    EXPECT_EQ(subsets(one_split(table, csv("file,split\n0.wav,train\n1.wav,val\n2.wav,test\n")), 3), "tve");
}

TEST(Split, NoSpecMeansTheCatalogsOwnColumn) {
    FeatureTable table = table_of(1, 5);
    table.split_column = {"train", "test", "", "validation", "train"};
    const Split split = one_split(table, "");
    EXPECT_EQ(subsets(split, 5), "te-vt");
    EXPECT_TRUE(has_note(split, "1 of 5 tracks are in no subset"));
    table.split_column = {"train", "test", "", "", "train"};
    EXPECT_NE(
        error_of(table, "").find("the split column: needs tracks in all three subsets, validation has none"),
        std::string::npos);
}

TEST(SplitAssignment, AGroupThatFitsNowhereGoesWhereMostOfTheQuotaIsLeft) {
    const std::vector<std::size_t> subset =
        assign_groups({{0, 1, 2, 3}, {4}, {5}}, {0, 0, 0, 0, 0, 0}, {{2, 3, 1}}, Random(1));
    EXPECT_EQ(subset[0], 1U);
    EXPECT_EQ(subset[3], 1U);
    EXPECT_NE(subset[4], subset[5]);
}

TEST(SplitAssignment, SharesAddUpAndStayBelowTheirWeights) {
    Random random(1);
    EXPECT_EQ(apportion(10, {10, 20, 70}, random), (Counts{1, 2, 7}));
    const Counts shares = apportion(5, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, random);
    EXPECT_EQ(std::ranges::count(shares, 1U), 5);
    EXPECT_EQ(apportion(6, {1, 2, 3}, random), (Counts{1, 2, 3}));
    EXPECT_EQ(apportion(0, {0, 0}, random), (Counts{0, 0}));
}

TEST(DataSplit, GtzansPicturesKeepTheirFourteenDuplicatesTogether) {
    MELVIT_NEEDS_SHARED("data/gtzan/images_original");
    const Catalog catalog = read_catalog(test::shared("data/gtzan/images_original"));
    FeatureTable table;
    table.genres = catalog.genres;
    for (const Track& track : catalog.tracks) {
        table.files.push_back(utf8_name(track.file));
        table.labels.push_back(track.genre);
        table.file_sha256.push_back(sha256_of_file(track.file));
    }
    table.artists.resize(table.tracks());
    table.split_column.resize(table.tracks());
    EXPECT_EQ(group_tracks(table, {}).size(), 985U);
    EXPECT_EQ(sizes(one_split(table, "random:0")), (Counts{800, 100, 99}));
    EXPECT_EQ(sizes(one_split(table, "stratified:0")), (Counts{800, 100, 99}));
    EXPECT_EQ(sizes(one_split(table, "gtzan-filtered")), (Counts{442, 197, 290}));
    EXPECT_EQ(sizes(one_split(table, "gtzan-stratified")), (Counts{499, 250, 250}));
}

}  // namespace
}  // namespace melvit
