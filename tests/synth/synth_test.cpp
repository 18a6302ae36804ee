#include "apps/synth/synth.h"

#include "melvit/core/context.h"
#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/sha256.h"

#include "tests/support/test_files.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

namespace melvit {
namespace {

namespace fs = std::filesystem;

float loudest(const Waveform& song) {
    float peak = 0;
    for (const float sample : song.samples) peak = std::max(peak, std::abs(sample));
    return peak;
}

/// The digests of all files of a folder, by path.
std::set<std::pair<std::string, std::string>> digests(const fs::path& folder) {
    std::set<std::pair<std::string, std::string>> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        found.emplace(fs::relative(entry.path(), folder).string(), sha256_of_file(entry.path()));
    }
    return found;
}

TEST(Synth, GenresAreGtzansTenInOrder) {
    const std::vector<std::string> expected = {"blues", "classical", "country", "disco",  "hiphop",
                                               "jazz",  "metal",     "pop",     "reggae", "rock"};
    EXPECT_EQ(synth_genres(), expected);
}

TEST(Synth, EverySongHasTheAskedLengthIsFiniteAndReachesThePeak) {
    for (const std::string& genre : synth_genres()) {
        for (std::size_t index = 0; index < 3; ++index) {
            const Waveform song = make_song(genre, 1, index, 6.5);
            EXPECT_EQ(song.sample_rate_hz, 22050);
            EXPECT_EQ(song.samples.size(), 143325U);
            EXPECT_TRUE(std::ranges::all_of(song.samples, [](float v) { return std::isfinite(v); })) << genre;
            EXPECT_GT(loudest(song), 0.6F) << genre << index;
            EXPECT_LE(loudest(song), 0.9F + 1e-5F) << genre << index;
        }
    }
}

TEST(Synth, ASongIsAFunctionOfGenreSeedAndIndex) {
    const Waveform song = make_song("jazz", 7, 3, 2);
    EXPECT_EQ(song.samples, make_song("jazz", 7, 3, 2).samples);
    EXPECT_NE(song.samples, make_song("jazz", 7, 4, 2).samples);
    EXPECT_NE(song.samples, make_song("jazz", 8, 3, 2).samples);
    EXPECT_NE(song.samples, make_song("rock", 7, 3, 2).samples);
}

TEST(Synth, UnknownGenresAndLengthsOutOfRangeAreErrors) {
    EXPECT_THROW(make_song("polka", 1, 0, 10), Error);
    EXPECT_THROW(make_song("jazz", 1, 0, 0), Error);
    EXPECT_THROW(make_song("jazz", 1, 0, -1), Error);
    EXPECT_THROW(make_song("jazz", 1, 0, 1e9), Error);
    EXPECT_THROW(make_song("jazz", 1, 0, std::nan("")), Error);
    EXPECT_THROW(write_songs({.folder = "unused", .per_genre = 0}), Error);
}

TEST(Synth, WritesGtzansLayoutWithProgress) {
    const test::TempFolder folder;
    std::size_t last_done = 0, last_total = 0;
    const std::size_t songs =
        write_songs({.folder = folder / "songs", .per_genre = 2, .seconds = 0.5, .seed = 1},
                    {.progress = [&](std::string_view, std::size_t done, std::size_t total) {
                        EXPECT_EQ(done, last_done + 1);
                        last_done = done;
                        last_total = total;
                    }});
    EXPECT_EQ(songs, 20U);
    EXPECT_EQ(last_done, 20U);
    EXPECT_EQ(last_total, 20U);
    EXPECT_TRUE(fs::exists(folder / "songs/blues/blues.00000.wav"));
    EXPECT_TRUE(fs::exists(folder / "songs/rock/rock.00001.wav"));
    EXPECT_EQ(digests(folder / "songs").size(), 20U);
}

TEST(Synth, TheBytesDoNotDependOnTheNumberOfThreads) {
    const test::TempFolder folder;
    const SynthJob job{.folder = folder / "one", .per_genre = 1, .seconds = 1, .seed = 5};
    ThreadPool one_thread(1);
    write_songs(job, {.pool = one_thread});
    SynthJob many = job;
    many.folder = folder / "many";
    ThreadPool four_threads(4);
    write_songs(many, {.pool = four_threads});
    EXPECT_EQ(digests(folder / "one"), digests(folder / "many"));
}

TEST(Synth, AFileWhereAFolderIsNeededIsAnError) {
    const test::TempFolder folder;
    write_file(folder / "songs", "a file");
    EXPECT_THROW(write_songs({.folder = folder / "songs", .per_genre = 1, .seconds = 0.5}), Error);
}

}  // namespace
}  // namespace melvit
