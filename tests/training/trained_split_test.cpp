#include "melvit/training/trained_split.h"

#include "melvit/core/sha256.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// Blues and jazz, thirty tracks each, with the names of GTZAN.
FeatureTable gtzan_like_table() {
    FeatureTable table;
    table.genres = {"blues", "jazz"};
    for (std::size_t track = 0; track < 60; ++track) {
        const std::size_t genre = track / 30;
        table.files.push_back(fmt::format("{0}/{0}.{1:05}.wav", table.genres[genre], track % 30));
        table.labels.push_back(genre);
        table.file_sha256.push_back(sha256_of_text(std::to_string(track)));
    }
    table.artists.resize(60);
    table.split_column.resize(60);
    return table;
}

TEST(TrainedSplit, OfDrawnTracksIsFoundOnTheSameTracksOnly) {
    FeatureTable table = gtzan_like_table();
    for (const char* spec : {"random:3", "stratified:3", "kfold:5:3", ""}) {
        const TrainedSplit trained{spec, false, 0, labelled_data_sha256(table), table.tracks()};
        const auto subsets = subsets_of_training(trained, table);
        ASSERT_TRUE(subsets) << spec;
        EXPECT_EQ(subsets->test, make_splits(table, spec, false)[0].test) << spec;
        FeatureTable other = table;
        other.file_sha256[7] = sha256_of_text("another song");
        EXPECT_FALSE(subsets_of_training(trained, other)) << spec;
    }
    const TrainedSplit fold{"kfold:5:3", false, 4, labelled_data_sha256(table), table.tracks()};
    EXPECT_EQ(subsets_of_training(fold, table)->test, make_splits(table, "kfold:5:3", false)[4].test);
}

TEST(TrainedSplit, ThatNamesItsTracksIsFoundOnOtherFilesOfThem) {
    FeatureTable table = gtzan_like_table();
    const TrainedSplit list{"gtzan-stratified", false, 0, "of the pictures"};
    ASSERT_TRUE(subsets_of_training(list, table));
    EXPECT_EQ(subsets_of_training(list, table)->test, make_splits(table, "gtzan-stratified", false)[0].test);

    const TrainedSplit own{"", false, 0, "of the pictures"};
    EXPECT_FALSE(subsets_of_training(own, table));
    table.split_column[0] = "train";
    table.split_column[1] = "validation";
    table.split_column[2] = "test";
    EXPECT_EQ(subsets_of_training(own, table)->test, std::vector<std::size_t>{2});

    for (std::string& file : table.files) file = "song.wav";
    EXPECT_FALSE(subsets_of_training(list, table));
    EXPECT_FALSE(subsets_of_training({"gone.csv", false, 0, ""}, table));
}

TEST(TrainedSplit, ComesBackFromTheFactsWhateverTheyHold) {
    Json facts = {{"data", "songs"}};
    EXPECT_FALSE(read_trained_split(facts));
    write_trained_split({"kfold:5:1", true, 3, "abc"}, facts);
    const auto back = read_trained_split(facts);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->spec, "kfold:5:1");
    EXPECT_TRUE(back->allow_duplicates);
    EXPECT_EQ(back->fold, 3U);
    EXPECT_EQ(back->data_sha256, "abc");
    EXPECT_FALSE(read_trained_split(nullptr));
    EXPECT_FALSE(read_trained_split({{"split", 3}}));
    EXPECT_EQ(read_trained_split({{"split", "random:0"}, {"fold", -1}, {"allow_duplicates", "yes"}})->fold,
              0U);
}

}  // namespace
}  // namespace melvit
