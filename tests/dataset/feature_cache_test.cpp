#include "melvit/dataset/feature_cache.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/support/test_files.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;

TrackFeatures some_features() {
    TrackFeatures features{Matrix(2, 3), "the last second is broken"};
    for (std::size_t i = 0; i < 6; ++i) features.rows.values()[i] = static_cast<float>(i) / 3;
    return features;
}

/// Without waiting for the disk, as write_file does.
void write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

TEST(FeatureCache, GivesBackWhatWasStored) {
    const test::TempFolder folder;
    const FeatureCache cache(folder / "cache", "settings");
    EXPECT_FALSE(cache.find("aa", 3));
    cache.store("aa", some_features());
    const auto found = cache.find("aa", 3);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rows, some_features().rows);
    EXPECT_EQ(found->warning, some_features().warning);
}

TEST(FeatureCache, OtherSettingsFilesAndWidthsAreNotFound) {
    const test::TempFolder folder;
    FeatureCache(folder / "cache", "settings").store("aa", some_features());
    EXPECT_FALSE(FeatureCache(folder / "cache", "others").find("aa", 3));
    EXPECT_FALSE(FeatureCache(folder / "cache", "settings").find("ab", 3));
    EXPECT_FALSE(FeatureCache(folder / "cache", "settings").find("aa", 2));
    EXPECT_FALSE(FeatureCache(folder / "cache", "settings").find("aa", 6));
}

TEST(FeatureCache, ARecordWithAnyByteChangedOrMissingCountsAsMissing) {
    const test::TempFolder folder;
    const FeatureCache cache(folder / "cache", "settings");
    cache.store("aa", some_features());
    const std::string whole = read_text_file(cache.file_of("aa"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
        write(cache.file_of("aa"), damaged);
        EXPECT_FALSE(cache.find("aa", 3)) << i;
        write(cache.file_of("aa"), whole.substr(0, i));
        EXPECT_FALSE(cache.find("aa", 3)) << i;
    }
    write(cache.file_of("aa"), whole);
    EXPECT_TRUE(cache.find("aa", 3));
}

TEST(FeatureCache, AFolderThatCannotBeMadeIsAnErrorWhenStoring) {
    const test::TempFolder folder;
    write_file(folder / "cache", "a file");
    const FeatureCache cache(folder / "cache", "settings");
    EXPECT_FALSE(cache.find("aa", 3));
    EXPECT_THROW(cache.store("aa", some_features()), Error);
}

TEST(FeatureCache, WithoutAFolderItHoldsNothing) {
    const FeatureCache cache("", "settings");
    cache.store("aa", some_features());
    EXPECT_FALSE(cache.find("aa", 3));
}

TEST(FeatureCache, TheUsualFolderFollowsTheEnvironment) {
    const auto set = [](const char* cache, const char* xdg, const char* home) {
        ::setenv("MELVIT_CACHE", cache, 1);
        ::setenv("XDG_CACHE_HOME", xdg, 1);
        ::setenv("HOME", home, 1);
        return default_cache_folder();
    };
    EXPECT_EQ(set("/a", "/b", "/c"), "/a");
    EXPECT_EQ(set("", "/b", "/c"), "/b/melvit");
    EXPECT_EQ(set("", "", "/c"), "/c/.cache/melvit");
    EXPECT_EQ(set("", "", ""), "");
}

}  // namespace
}  // namespace melvit
