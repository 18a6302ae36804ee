#include "melvit/dataset/catalog.h"

#include "melvit/core/file.h"
#include "melvit/core/unicode.h"

#include "tests/support/test_files.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;

class Catalogs : public testing::Test {
protected:
    void make(const std::string& name, std::string_view text = "x") {
        make_folder((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }

    Catalog read(const std::string& name = "data") {
        Catalog catalog = read_catalog(folder_ / name);
        skipped_ = catalog.skipped;
        return catalog;
    }

    std::string error_of(const std::string& name = "data") {
        try {
            read(name);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    bool is_skipped(const std::string& file_part, const std::string& reason_part) const {
        return std::ranges::any_of(skipped_, [&](const Skipped& item) {
            return item.file.find(file_part) != std::string::npos &&
                   item.reason.find(reason_part) != std::string::npos;
        });
    }

    /// The names of a catalog's files.
    static std::vector<std::string> names(const Catalog& catalog) {
        std::vector<std::string> list;
        for (const Track& track : catalog.tracks) list.push_back(utf8_name(track.file.filename()));
        return list;
    }

    test::TempFolder folder_;
    std::vector<Skipped> skipped_;
};

TEST_F(Catalogs, SortsGenresAndCountsTracksAsPeopleDo) {
    for (const char* name :
         {"data/rock/10.mp3", "data/rock/2.mp3", "data/rock/1.flac", "data/jazz/b.WAV", "data/jazz/a.au"}) {
        make(name);
    }
    const Catalog catalog = read();
    EXPECT_EQ(catalog.genres, (std::vector<std::string>{"jazz", "rock"}));
    EXPECT_EQ(names(catalog), (std::vector<std::string>{"a.au", "b.WAV", "1.flac", "2.mp3", "10.mp3"}));
    EXPECT_EQ(catalog.tracks[1].genre, 0U);
    EXPECT_EQ(catalog.tracks[2].genre, 1U);
    EXPECT_FALSE(catalog.has_pictures);
    EXPECT_TRUE(skipped_.empty());
}

TEST_F(Catalogs, PassesOverHiddenFilesWithoutAWordAndOtherTypesWithANote) {
    for (const char* name : {"data/jazz/jazz00000.png", "data/jazz/._jazz00000.png", "data/jazz/.DS_Store",
                             "data/rock/1.jpg", "data/rock/notes.txt", "data/features_30_sec.csv",
                             "data/__MACOSX/jazz/._a.png", "data/.git/a.png"}) {
        make(name);
    }
    const Catalog catalog = read();
    EXPECT_EQ(names(catalog), (std::vector<std::string>{"jazz00000.png", "1.jpg"}));
    EXPECT_TRUE(catalog.has_pictures);
    EXPECT_TRUE(skipped_.empty());
    ASSERT_EQ(catalog.notes.size(), 1U);
    EXPECT_NE(catalog.notes[0].find("notes.txt was passed over"), std::string::npos);
}

TEST_F(Catalogs, AMixtureOfPicturesAndSongsNamesOneOfEach) {
    make("data/jazz/a.png");
    make("data/rock/b.mp3");
    const std::string error = error_of();
    EXPECT_NE(error.find("needs songs or pictures, not both"), std::string::npos) << error;
    EXPECT_NE(error.find("b.mp3"), std::string::npos);
    EXPECT_NE(error.find("a.png"), std::string::npos);
}

TEST_F(Catalogs, AGenreFolderWithoutAFileIsListed) {
    make("data/jazz/a.mp3");
    make("data/rock/b.mp3");
    make("data/polka/readme.txt");
    fs::create_directory(folder_ / "data/empty");
    EXPECT_EQ(read().genres.size(), 2U);
    EXPECT_EQ(skipped_.size(), 2U);
    EXPECT_TRUE(is_skipped("data/polka", "needs songs or pictures in it"));
    EXPECT_TRUE(is_skipped("data/empty", "needs songs or pictures in it"));
}

TEST_F(Catalogs, OneGenreOnlyIsAnError) {
    make("data/jazz/a.mp3");
    EXPECT_NE(error_of().find("needs at least two genres with songs or pictures, it holds only jazz"),
              std::string::npos);
}

TEST_F(Catalogs, AnEmptyFolderASongAndAMissingPathAreErrors) {
    fs::create_directory(folder_ / "data");
    EXPECT_NE(error_of().find("it holds none"), std::string::npos);
    make("song.mp3");
    EXPECT_NE(error_of("song.mp3").find("needs to be a folder of genre folders or a CSV file"),
              std::string::npos);
    EXPECT_NE(error_of("nowhere").find("nowhere"), std::string::npos);
}

TEST_F(Catalogs, ASongBesideTheGenreFoldersIsListed) {
    make("data/jazz/a.mp3");
    make("data/rock/b.mp3");
    make("data/c.mp3");
    EXPECT_EQ(read().size(), 2U);
    EXPECT_TRUE(is_skipped("c.mp3", "needs to lie in a genre folder"));
}

TEST_F(Catalogs, FoldersBelowAGenreBelongToItAndLinksMakeNoLoop) {
    make("data/jazz/miles/kind of blue/1.mp3");
    make("data/rock/b.mp3");
    fs::create_directory_symlink(folder_ / "data", folder_ / "data/jazz/miles/loop");
    fs::create_directory_symlink("/", folder_ / "data/rock/root");
    fs::create_symlink(folder_ / "data/rock/b.mp3", folder_ / "data/rock/link.mp3");
    EXPECT_EQ(names(read()), (std::vector<std::string>{"1.mp3", "b.mp3", "link.mp3"}));
    EXPECT_EQ(skipped_.size(), 2U);
    EXPECT_TRUE(is_skipped("miles/loop", "a link to one is not followed"));
}

TEST_F(Catalogs, GenreFoldersMayBeLinks) {
    make("elsewhere/a.mp3");
    make("data/rock/b.mp3");
    fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "data/jazz");
    EXPECT_EQ(read().genres, (std::vector<std::string>{"jazz", "rock"}));
}

TEST_F(Catalogs, FifosAndBrokenLinksAreTracksSoThatReadingThemSaysWhy) {
    make("data/jazz/a.mp3");
    make("data/rock/b.mp3");
    ASSERT_EQ(::mkfifo((folder_ / "data/rock/fifo.mp3").c_str(), 0600), 0);
    fs::create_symlink("nowhere.mp3", folder_ / "data/rock/link.mp3");
    EXPECT_EQ(names(read()), (std::vector<std::string>{"a.mp3", "b.mp3", "fifo.mp3", "link.mp3"}));
}

TEST_F(Catalogs, AnEmptyFolderNamedLikeASongIsListed) {
    make("data/jazz/a.mp3");
    make("data/rock/b.mp3");
    fs::create_directory(folder_ / "data/rock/c.mp3");
    make("data/rock/album.mp3/1.mp3");
    EXPECT_EQ(names(read()), (std::vector<std::string>{"a.mp3", "1.mp3", "b.mp3"}));
    EXPECT_EQ(skipped_.size(), 1U);
    EXPECT_TRUE(is_skipped("rock/c.mp3", "it is a directory"));
}

TEST_F(Catalogs, TwoFilesOfOneStemAreTwoTracks) {
    make("data/jazz/song.mp3");
    make("data/jazz/song.wav");
    make("data/rock/b.mp3");
    EXPECT_EQ(read().size(), 3U);
}

TEST_F(Catalogs, NamesThatAreNoUtf8CanBeOpenedAndWrittenAsJson) {
    make("data/jazz/Bj\xF6rk.mp3");
    make(
        "data/r\xF6"
        "ck/b.mp3");
    const Catalog catalog = read();
    EXPECT_TRUE(fs::exists(catalog.tracks[0].file));
    EXPECT_EQ(names(catalog)[0], "Bj\\xF6rk.mp3");
    EXPECT_NO_THROW(nlohmann::json(catalog.genres).dump());
}

TEST_F(Catalogs, AManifestMayHaveItsColumnsInAnyOrder) {
    make("songs/a.mp3");
    make("songs/b, c.mp3");
    make("data.csv",
         "\xEF\xBB\xBFgenre,artist,FILE,split,more\r\nrock, Queen ,\"songs/b, "
         "c.mp3\",valid,1\r\njazz,,songs/a.mp3,,2\r\n");
    const Catalog catalog = read("data.csv");
    EXPECT_TRUE(skipped_.empty());
    EXPECT_EQ(names(catalog), (std::vector<std::string>{"a.mp3", "b, c.mp3"}));
    EXPECT_TRUE(fs::exists(catalog.tracks[1].file));
    EXPECT_EQ(catalog.tracks[1].artist, "Queen");
    EXPECT_EQ(catalog.tracks[1].split, "validation");
    EXPECT_EQ(catalog.tracks[0].split, "");
}

TEST_F(Catalogs, BadRowsOfAManifestAreListedWithTheirLine) {
    make("a.mp3");
    make("b.mp3");
    make("c.txt");
    make("data.csv",
         "file,genre,split\na.mp3,jazz,train\nb.mp3,rock,test\nshort\n,jazz,train\na.mp3,,train\nb.mp3,rock,"
         "holdout\n"
         "gone.mp3,rock,train\nc.txt,rock,train\n./a.mp3,rock,train\n");
    EXPECT_EQ(read("data.csv").size(), 2U);
    EXPECT_EQ(skipped_.size(), 7U);
    EXPECT_TRUE(is_skipped("data.csv line 4", "needs 3 cells, it has 1"));
    EXPECT_TRUE(is_skipped("data.csv line 5", "needs a file and a genre"));
    EXPECT_TRUE(is_skipped("data.csv line 6", "needs a file and a genre"));
    EXPECT_TRUE(is_skipped("data.csv line 7", "needs train, validation or test"));
    EXPECT_TRUE(is_skipped("data.csv line 8", "gone.mp3 does not"));
    EXPECT_TRUE(is_skipped("data.csv line 9", "ending of neither"));
    EXPECT_TRUE(is_skipped("data.csv line 10", "line 2 names"));
}

TEST_F(Catalogs, AManifestOfAnotherMachineIsRead) {
    make("caf\xC3\xA9/a.wav");
    make("b.wav");
    make("data.csv",
         "file;genre;artist\r\ncaf\xE9\\a.wav;Chanson fran\xE7"
         "aise;\r\nb.wav;rock;\r\n;;\r\n");
    const Catalog catalog = read("data.csv");
    EXPECT_TRUE(skipped_.empty());
    EXPECT_EQ(catalog.genres, (std::vector<std::string>{"Chanson fran\xC3\xA7"
                                                        "aise",
                                                        "rock"}));
    ASSERT_EQ(catalog.notes.size(), 1U);
    EXPECT_NE(catalog.notes[0].find("data.csv line 2 is not UTF-8 and was read as Windows-1252"),
              std::string::npos);
}

TEST_F(Catalogs, GenresThatPeopleTakeForOneAreTwoWithANote) {
    make("data/Blues/a.mp3");
    make("data/blues/b.mp3");
    const Catalog folders = read();
    EXPECT_EQ(folders.genres.size(), 2U);
    ASSERT_EQ(folders.notes.size(), 1U);
    EXPECT_NE(folders.notes[0].find("\"Blues\" and \"blues\""), std::string::npos);
    make("data/list.csv", "file,genre\nBlues/a.mp3,jazz\nblues/b.mp3,jazz\xC2\xA0\n");
    EXPECT_EQ(read("data/list.csv").notes.size(), 1U);
}

TEST_F(Catalogs, AManifestWithoutItsColumnsIsAnError) {
    make("data.csv", "path,label\na.mp3,jazz\n");
    EXPECT_NE(error_of("data.csv").find("needs a first line with the columns file, genre"),
              std::string::npos);
    make("text.csv", "just some text");
    EXPECT_NE(error_of("text.csv").find("just some text"), std::string::npos);
}

TEST(DataCatalog, ReadsTheLayoutsOfGtzanAndAMusicLibrary) {
    MELVIT_NEEDS_SHARED("data/gtzan/images_original");
    const Catalog pictures = read_catalog(test::shared("data/gtzan/images_original"));
    EXPECT_EQ(pictures.size(), 999U);
    EXPECT_EQ(pictures.genres.size(), 10U);
    EXPECT_TRUE(pictures.has_pictures);
    const Catalog songs = read_catalog(test::shared("data/gtzan/genres_original"));
    EXPECT_EQ(songs.size(), 50U);
    EXPECT_EQ(songs.tracks[0].file.filename(), "blues.00000.wav");
    const Catalog library = read_catalog(test::shared("data/emotify"));
    EXPECT_EQ(library.size(), 40U);
    EXPECT_EQ(library.tracks[9].file.filename(), "10.mp3");
    for (const Catalog* catalog : {&pictures, &songs, &library}) EXPECT_TRUE(catalog->skipped.empty());
}

}  // namespace
}  // namespace melvit
