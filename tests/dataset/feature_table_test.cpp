#include "melvit/dataset/feature_table.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/support/test_files.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

FeatureTable small_table() {
    FeatureTable table;
    table.genres = {"jazz", "rock \"n\" roll"};
    table.files = {"a.wav", "b, \xC3\xB6.wav", "c.wav"};
    table.labels = {0, 1, 1};
    table.first_row = {0, 1, 3, 4};
    table.rows = Matrix(4, 3);
    for (std::size_t i = 0; i < 12; ++i) table.rows.values()[i] = 0.1F * static_cast<float>(i);
    table.file_sha256 = {"aa", "bb", "cc"};
    table.artists = {"", "Queen", ""};
    table.split_column = {"train", "", "test"};
    return table;
}

class FeatureTables : public testing::Test {
protected:
    std::string error_of(const FeatureTable& table) {
        write_feature_table(folder_ / "t.safetensors", table);
        try {
            read_feature_table(folder_ / "t.safetensors");
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    test::TempFolder folder_;
};

TEST_F(FeatureTables, AFileGivesBackWhatWasWritten) {
    const FeatureTable table = small_table();
    write_feature_table(folder_ / "t.safetensors", table);
    const FeatureTable read = read_feature_table(folder_ / "t.safetensors");
    EXPECT_EQ(read.genres, table.genres);
    EXPECT_EQ(read.files, table.files);
    EXPECT_EQ(read.labels, table.labels);
    EXPECT_EQ(read.first_row, table.first_row);
    EXPECT_EQ(read.rows, table.rows);
    EXPECT_EQ(read.file_sha256, table.file_sha256);
    EXPECT_EQ(read.artists, table.artists);
    EXPECT_EQ(read.split_column, table.split_column);
}

TEST_F(FeatureTables, AFileOfThemIsToldFromEveryOther) {
    const auto file = folder_ / "t.safetensors";
    write_feature_table(file, small_table());
    EXPECT_TRUE(holds_features(file));
    const std::string no_metadata = R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})";
    for (const std::string& other :
         {std::string(), std::string("text"), std::string(16, '\xFF'),
          std::string{static_cast<char>(no_metadata.size()), 0, 0, 0, 0, 0, 0, 0} + no_metadata}) {
        write_file(file, other);
        EXPECT_FALSE(holds_features(file)) << other;
    }
    EXPECT_FALSE(holds_features(folder_ / "gone"));
}

TEST_F(FeatureTables, PartsThatDoNotFitAreRefused) {
    FeatureTable table = small_table();
    table.labels[2] = 2;
    EXPECT_NE(error_of(table).find("needs labels that count its genres"), std::string::npos);
    table = small_table();
    table.first_row = {0, 3, 1, 4};
    EXPECT_NE(error_of(table).find("needs at least one row for each track"), std::string::npos);
    table.first_row = {0, 1, 3, 5};
    EXPECT_NE(error_of(table).find("needs at least one row for each track"), std::string::npos);
    table.first_row = {0, 4};
    EXPECT_NE(error_of(table).find("needs one first row for each track"), std::string::npos);
    table = small_table();
    table.files.pop_back();
    EXPECT_NE(error_of(table).find("\"files\""), std::string::npos);
    table = small_table();
    table.rows(2, 1) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_NE(error_of(table).find("needs finite features"), std::string::npos);
}

TEST_F(FeatureTables, OtherAndCutFilesAreErrors) {
    write_file(folder_ / "text.safetensors", "text");
    EXPECT_THROW(read_feature_table(folder_ / "text.safetensors"), Error);
    EXPECT_THROW(read_feature_table(folder_ / "nowhere.safetensors"), Error);
    write_feature_table(folder_ / "t.safetensors", small_table());
    const std::string whole = read_text_file(folder_ / "t.safetensors");
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        std::ofstream(folder_ / "cut.safetensors", std::ios::binary) << whole.substr(0, length);
        EXPECT_THROW(read_feature_table(folder_ / "cut.safetensors"), Error) << length;
    }
}

TEST_F(FeatureTables, NamesThatAreNoUtf8CanBeWritten) {
    FeatureTable table = small_table();
    table.files[0] = "Bj\xF6rk.wav";
    write_feature_table(folder_ / "t.safetensors", table);
    EXPECT_EQ(read_feature_table(folder_ / "t.safetensors").files[0], "Bj\\xF6rk.wav");
}

}  // namespace
}  // namespace melvit
