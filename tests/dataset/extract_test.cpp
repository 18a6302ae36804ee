#include "melvit/dataset/extract.h"

#include "melvit/audio/wav.h"
#include "melvit/core/file.h"
#include "melvit/core/parallel.h"
#include "melvit/core/sha256.h"
#include "melvit/spectrum/picture.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// Stands in for a ViT: the means of the image's colours, cheap and exact.
class MeanColours final : public FeatureExtractor {
public:
    std::size_t width() const override { return 3; }

    Matrix extract(std::span<const Image> images) const override {
        images_seen += images.size();
        largest_batch = std::max(largest_batch.load(), images.size());
        Matrix rows(images.size(), 3);
        for (std::size_t i = 0; i < images.size(); ++i) {
            for (std::size_t p = 0; p < images[i].values.size(); ++p) {
                rows(i, p / (Image::kSize * Image::kSize)) += images[i].values[p] * 1e-3F;
            }
        }
        if (trouble) throw Error("body", "needs weights that give finite features", "image 1 gives nan");
        if (die_after != 0 && images_seen >= die_after) ::kill(::getpid(), SIGKILL);
        return rows;
    }

    mutable std::atomic<std::size_t> images_seen{0};
    mutable std::atomic<std::size_t> largest_batch{0};
    std::size_t die_after = 0;
    bool trouble = false;
};

Picture picture_of(std::uint8_t shade) {
    Picture picture{40, 30, std::vector<std::uint8_t>(3 * 40 * 30, shade)};
    for (std::size_t i = 0; i < picture.rgb.size(); i += 7)
        picture.rgb[i] = static_cast<std::uint8_t>(i + shade);
    return picture;
}

Waveform tone(double seconds, float hertz) {
    Waveform waveform;
    waveform.samples.resize(static_cast<std::size_t>(seconds * 22050));
    for (std::size_t i = 0; i < waveform.samples.size(); ++i) {
        waveform.samples[i] = 0.5F * std::sin(6.2832F * hertz * static_cast<float>(i) / 22050);
    }
    return waveform;
}

class Extract : public testing::Test {
protected:
    /// Two genres of `each` pictures.
    void make_pictures(int each) {
        for (const char* genre : {"jazz", "rock"}) {
            make_folder(folder_ / "data" / genre);
            for (int i = 0; i < each; ++i) {
                write_png(folder_ / "data" / genre / fmt::format("{}.png", i),
                          picture_of(static_cast<std::uint8_t>(2 * i + (genre[0] == 'r'))));
            }
        }
    }

    ExtractResult run(const FeatureExtractor& extractor, const std::string& cache = "cache",
                      const std::string& name = "body") {
        const Catalog catalog = read_catalog(folder_ / "data");
        ExtractJob job = job_;
        if (!cache.empty()) job.cache_folder = folder_ / cache;
        return extract_features(catalog, extractor, name, job);
    }

    ExtractResult run() { return run(extractor_); }

    test::TempFolder folder_;
    MeanColours extractor_;
    ExtractJob job_;
};

void expect_equal(const FeatureTable& a, const FeatureTable& b) {
    EXPECT_EQ(a.files, b.files);
    EXPECT_EQ(a.labels, b.labels);
    EXPECT_EQ(a.first_row, b.first_row);
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.file_sha256, b.file_sha256);
}

TEST_F(Extract, GivesATableInTheCatalogsOrder) {
    make_pictures(3);
    const ExtractResult result = run();
    EXPECT_EQ(result.table.genres, (std::vector<std::string>{"jazz", "rock"}));
    EXPECT_EQ(result.table.labels, (std::vector<std::size_t>{0, 0, 0, 1, 1, 1}));
    EXPECT_EQ(result.table.first_row, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(result.images, 6U);
    EXPECT_EQ(result.cached_tracks, 0U);
    EXPECT_TRUE(result.skipped.empty());
    EXPECT_TRUE(result.notes.empty());
    const Matrix first =
        MeanColours().extract(preprocess(folder_ / "data/jazz/0.png", job_.front_end)[0].images);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(0), first.row(0)));
}

/// Puts other bytes under a file's name: into the file itself, or as another file that takes its name.
void overwrite(const fs::path& file, const fs::path& source, bool in_place) {
    const std::string bytes = read_text_file(source);
    if (in_place) {
        std::ofstream(file, std::ios::binary) << bytes;
    } else {
        std::ofstream(file.native() + ".new", std::ios::binary) << bytes;
        fs::rename(file.native() + ".new", file);
    }
}

/// Two songs or two pictures, and what comes into the first one's place.
class ExtractChanges : public Extract, public testing::WithParamInterface<std::string> {
protected:
    ExtractChanges() {
        for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
        make(file_, 1);
        make(folder_ / ("data/rock/b" + GetParam()), 2);
        make(other_, 3);
        fs::copy(file_, first_);
    }

    static void make(const fs::path& file, int number) {
        if (file.extension() == ".wav") {
            write_wav(file, tone(5, 440.0F * static_cast<float>(number)));
        } else {
            write_png(file, picture_of(static_cast<std::uint8_t>(number)));
        }
    }

    /// Changes the first file after its digest, at most so often.
    void change_after_digests(int times, bool in_place) {
        job_.progress = [this, times, in_place, done = 0](std::string_view what, std::size_t,
                                                          std::size_t) mutable {
            if (what == "files read" && done++ < times) overwrite(file_, other_, in_place);
        };
    }

    const fs::path file_ = folder_ / ("data/jazz/a" + GetParam());
    const fs::path other_ = folder_ / ("other" + GetParam());
    const fs::path first_ = folder_ / ("first" + GetParam());
};

INSTANTIATE_TEST_SUITE_P(Of, ExtractChanges, testing::Values(".wav", ".png"),
                         [](const auto& kind) { return kind.param.substr(1); });

TEST_P(ExtractChanges, FeaturesAndDigestAreOfTheSameBytes) {
    const ExtractResult first = run(extractor_, "");
    for (const bool in_place : {true, false}) {
        overwrite(file_, first_, true);
        const std::string cache = in_place ? "cache1" : "cache2";
        change_after_digests(1, in_place);
        const ExtractResult changed = run(extractor_, cache);
        EXPECT_TRUE(changed.skipped.empty());
        EXPECT_EQ(changed.table.file_sha256[0], sha256_of_file(other_));
        EXPECT_EQ(
            std::ranges::count(changed.notes,
                               "tracks read again, because their files changed while they were read: 1"),
            1);
        job_.progress = {};
        expect_equal(changed.table, run(extractor_, "").table);
        // Back to what it was: the cache must not answer with what stood there for a while.
        overwrite(file_, first_, true);
        expect_equal(run(extractor_, cache).table, first.table);
    }
}

TEST_P(ExtractChanges, AFileThatChangesEachTimeIsSkippedAndSaysSo) {
    change_after_digests(100, true);
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 1U);
    ASSERT_EQ(result.skipped.size(), 1U);
    EXPECT_EQ(result.skipped[0].reason, "needs to stay as it is, the file changed while it was read");
}

TEST_P(ExtractChanges, ACopyOfAFileThatChangesKeepsItsOwnFeatures) {
    fs::copy(file_, folder_ / ("data/rock/c" + GetParam()));
    const ExtractResult first = run(extractor_, "");
    change_after_digests(1, true);
    const ExtractResult result = run();
    ASSERT_EQ(result.table.tracks(), 3U);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(2), first.table.rows.row(2)));
    EXPECT_EQ(result.table.file_sha256[2], first.table.file_sha256[2]);
}

TEST_F(Extract, ASecondRunTakesEverythingFromTheCache) {
    make_pictures(3);
    const ExtractResult first = run();
    const ExtractResult second = run();
    EXPECT_EQ(second.images, 0U);
    EXPECT_EQ(second.cached_tracks, 6U);
    EXPECT_EQ(extractor_.images_seen, 6U);
    expect_equal(first.table, second.table);
}

TEST_F(Extract, TheSameSoundUnderOtherTagsHasOneSoundDigestAlsoFromTheCache) {
    for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
    write_wav(folder_ / "data/jazz/plain.wav", tone(2, 440));
    write_wav(folder_ / "data/rock/other.wav", tone(2, 220));
    std::string tagged = test::bytes_of(folder_ / "data/jazz/plain.wav");
    tagged += std::string("LIST\x10\0\0\0INFOINAM\x04\0\0\0song", 24);
    for (std::size_t i = 0; i < 4; ++i) tagged[4 + i] = static_cast<char>((tagged.size() - 8) >> (8 * i));
    test::write_quickly(folder_ / "data/jazz/tagged.wav", tagged);
    const FeatureTable table = run().table;
    ASSERT_EQ(table.sound_sha256.size(), 3U);
    EXPECT_NE(table.file_sha256[0], table.file_sha256[1]);
    EXPECT_EQ(table.sound_sha256[0], table.sound_sha256[1]);
    EXPECT_NE(table.sound_sha256[0], table.sound_sha256[2]);
    const fs::path kept =
        folder_ / "cache/packets" / table.file_sha256[2].substr(0, 2) / table.file_sha256[2].substr(2);
    ASSERT_EQ(test::bytes_of(kept), table.sound_sha256[2]);
    const std::string mark(64, 'a');
    test::write_quickly(kept, mark);
    EXPECT_EQ(run().table.sound_sha256[2], mark) << "a second run does not read the song again";
}

TEST_F(Extract, OtherSettingsBodiesAndBytesAreNotTakenFromTheCache) {
    make_pictures(2);
    run();
    EXPECT_EQ(run(extractor_, "cache", "another body").images, 4U);
    job_.features.tokens = "time_mean";
    EXPECT_EQ(run().images, 4U);
    job_.front_end.mel.bands = 96;
    EXPECT_EQ(run().images, 4U);
    write_png(folder_ / "data/jazz/0.png", picture_of(200));
    EXPECT_EQ(run().images, 1U);
}

TEST_F(Extract, FilesOfTheSameBytesGoThroughTheBodyOnce) {
    make_pictures(2);
    fs::copy_file(folder_ / "data/jazz/0.png", folder_ / "data/rock/copy.png");
    const ExtractResult result = run();
    EXPECT_EQ(result.images, 4U);
    EXPECT_EQ(result.table.tracks(), 5U);
    EXPECT_EQ(result.notes, std::vector<std::string>{"1 of 5 tracks repeats another one: 1 by its "
                                                     "bytes, 0 by their sound alone"});
    EXPECT_EQ(result.table.file_sha256[4], result.table.file_sha256[0]);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(4), result.table.rows.row(0)));
}

TEST_F(Extract, TheNumberOfThreadsChangesNoBit) {
    make_pictures(5);
    set_thread_count(1);
    const ExtractResult one = run(extractor_, "one");
    set_thread_count(4);
    const ExtractResult many = run(extractor_, "many");
    set_thread_count(0);
    expect_equal(one.table, many.table);
}

TEST_F(Extract, BrokenFilesAreListedAndTheOthersGoOn) {
    make_pictures(2);
    const fs::path jazz = folder_ / "data/jazz";
    std::ofstream(jazz / "empty.png");
    std::ofstream(jazz / "one byte.png") << 'x';
    std::ofstream(jazz / "text.png") << "This is not a picture, whatever its name says.";
    const std::string whole = read_text_file(jazz / "0.png");
    std::ofstream(jazz / "cut.png") << whole.substr(0, whole.size() / 2);
    fs::create_symlink("nowhere.png", jazz / "link.png");
    ASSERT_EQ(::mkfifo((jazz / "fifo.png").c_str(), 0600), 0);
    std::ofstream(jazz / "Bj\xF6rk.png") << "x";
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 4U);
    ASSERT_EQ(result.skipped.size(), 7U);
    for (const Skipped& item : result.skipped) {
        EXPECT_NE(item.file.find("data/jazz/"), std::string::npos);
        EXPECT_TRUE(test::states_a_need(item.reason)) << item.file << ": " << item.reason;
    }
    EXPECT_TRUE(std::ranges::any_of(
        result.skipped, [](const Skipped& item) { return item.file.ends_with("Bj\\xF6rk.png"); }));
    EXPECT_EQ(run().skipped.size(), 7U);  // a broken file is not cached
}

TEST_F(Extract, BrokenSongsAreListedAndTheOthersGoOn) {
    for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
    write_wav(folder_ / "data/jazz/good.wav", tone(2, 440));
    write_wav(folder_ / "data/rock/good.wav", tone(2, 220));
    write_wav(folder_ / "data/rock/silence.wav", tone(2, 0));
    std::ofstream(folder_ / "data/rock/empty.mp3");
    std::ofstream(folder_ / "data/rock/text.mp3") << "This is not a song.";
    fs::copy_file(folder_ / "data/rock/good.wav", folder_ / "data/rock/wrong ending.mp3");
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 3U);
    EXPECT_EQ(result.skipped.size(), 3U);
    for (const Skipped& item : result.skipped) EXPECT_TRUE(test::states_a_need(item.reason)) << item.reason;
}

/// The header of a mono WAV file.
///
/// format  1 = integers, 3 = floats
std::string wav_header(std::uint16_t format, std::uint16_t bits, std::uint32_t rate_hz,
                       std::uint32_t data_bytes) {
    std::string bytes;
    const auto add = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
    };
    bytes += "RIFF";
    add(36 + data_bytes, 4);
    bytes += "WAVEfmt ";
    add(16, 4);
    add(format, 2);
    add(1, 2);
    add(rate_hz, 4);
    add(rate_hz * bits / 8, 4);
    add(bits / 8U, 2);
    add(bits, 2);
    bytes += "data";
    add(data_bytes, 4);
    return bytes;
}

TEST_F(Extract, SongsOfOddSoundAreListedOrKeptAndTheOthersGoOn) {
    for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
    write_wav(folder_ / "data/jazz/good.wav", tone(2, 440));
    write_wav(folder_ / "data/rock/five samples.wav", tone(5.0 / 22050, 440));
    const std::string nan("\x00\x00\xC0\x7F", 4);
    std::ofstream not_a_number(folder_ / "data/rock/not a number.wav", std::ios::binary);
    not_a_number << wav_header(3, 32, 22050, 40000);
    for (int i = 0; i < 10000; ++i) not_a_number << nan;
    not_a_number.close();
    constexpr std::uint32_t kTenHours = 36000 * 4000;
    std::ofstream(folder_ / "data/rock/ten hours.wav", std::ios::binary) << wav_header(1, 8, 4000, kTenHours);
    fs::resize_file(folder_ / "data/rock/ten hours.wav", 44 + kTenHours);
    write_wav(folder_ / "data/jazz/cut.wav", tone(20, 330));
    fs::resize_file(folder_ / "data/jazz/cut.wav", 300001);

    const ExtractResult result = run();
    const auto is_skipped = [&](const std::string& name) {
        return std::ranges::any_of(result.skipped,
                                   [&](const Skipped& item) { return item.file.ends_with(name); });
    };
    EXPECT_TRUE(is_skipped("not a number.wav"));
    EXPECT_TRUE(is_skipped("ten hours.wav"));
    EXPECT_FALSE(is_skipped("cut.wav"));
    EXPECT_FALSE(is_skipped("good.wav"));
    EXPECT_EQ(result.table.tracks() + result.skipped.size(), 5U);
}

TEST_F(Extract, PicturesOfOddSizesAreListedOrKeptAndTheOthersGoOn) {
    make_pictures(1);
    write_png(folder_ / "data/jazz/one pixel.png", {1, 1, {10, 20, 30}});
    const std::string one = read_text_file(folder_ / "data/jazz/one pixel.png");
    std::string huge = one;  // the same file that says it is 20 000 x 20 000
    for (const std::size_t at : {std::size_t{16}, std::size_t{20}})
        huge.replace(at, 4, std::string("\0\0\x4E\x20", 4));
    std::ofstream(folder_ / "data/rock/huge.png", std::ios::binary) << huge;
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 3U);
    ASSERT_EQ(result.skipped.size(), 1U);
    EXPECT_TRUE(result.skipped[0].file.ends_with("huge.png"));
}

TEST_F(Extract, ADataSetWithoutAReadableFileIsAnError) {
    for (const char* genre : {"jazz", "rock"}) {
        make_folder(folder_ / "data" / genre);
        std::ofstream(folder_ / "data" / genre / "a.png");
    }
    EXPECT_THROW(run(), Error);
}

TEST_F(Extract, ALongSongGoesThroughTheBodyInPieces) {
    make_folder(folder_ / "data/jazz");
    make_folder(folder_ / "data/rock");
    write_wav(folder_ / "data/jazz/long.wav", tone(150, 440));
    write_wav(folder_ / "data/rock/short.wav", tone(1, 220));
    job_.front_end.clip_seconds = 1;
    job_.front_end.middle_only = false;
    job_.front_end.most_clips = 0;
    const ExtractResult result = run();
    EXPECT_EQ(result.table.first_row[1], 150U);
    EXPECT_EQ(result.table.rows.rows(), 151U);
    EXPECT_LE(extractor_.largest_batch, 64U);
    const auto clips = preprocess(folder_ / "data/jazz/long.wav", job_.front_end);
    const Matrix last = MeanColours().extract(clips[149].images);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(149), last.row(0)));
}

TEST_F(Extract, TroubleOfTheBodyEndsItAndIsNotBlamedOnAFile) {
    make_pictures(2);
    extractor_.trouble = true;
    try {
        run();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "body: needs weights that give finite features, image 1 gives nan");
    }
}

TEST_F(Extract, ADamagedCacheFileIsComputedAgain) {
    make_pictures(2);
    const ExtractResult clean = run();
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "cache")) {
        if (!entry.is_regular_file()) continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(40);
        file.put('!');
        break;
    }
    const ExtractResult again = run();
    EXPECT_EQ(again.images, 1U);
    expect_equal(clean.table, again.table);
    EXPECT_EQ(run().images, 0U);
}

TEST_F(Extract, ACacheThatCannotBeWrittenIsANoteAndNoFailure) {
    make_pictures(2);
    std::ofstream(folder_ / "cache") << "a file";
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 4U);
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_NE(result.notes[0].find("not kept for the next time"), std::string::npos);
    EXPECT_NE(result.notes[0].find((folder_ / "cache").string()), std::string::npos) << result.notes[0];
}

/// Runs `task` in a process of its own. returns its status as waitpid gives it
template <class Task>
int in_child(Task task) {
    const pid_t child = ::fork();
    if (child == 0) {
        set_thread_count(1);  // the parent's threads do not live here
        bool is_good = false;
        try {
            is_good = task();
        } catch (...) {
        }
        ::_exit(is_good ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

TEST_F(Extract, AFullDiskIsANoteAndNoFailure) {
    make_pictures(2);
    const int status = in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit none{0, 0};  // every write fails, as on a full disk
        ::setrlimit(RLIMIT_FSIZE, &none);
        const ExtractResult result = run();
        return result.table.tracks() == 4 && result.notes.size() == 1;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(Extract, AfterAKillOnlyTheMissingTracksAreComputed) {
    make_pictures(90);
    MeanColours clean;
    const ExtractResult expected = run(clean, "clean");
    const int status = in_child([&] {
        MeanColours deadly;
        deadly.die_after = 100;
        run(deadly);
        return true;
    });
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    const ExtractResult resumed = run();
    EXPECT_GT(resumed.cached_tracks, 0U);
    EXPECT_LT(resumed.cached_tracks, 180U);
    EXPECT_EQ(resumed.images, 180U - resumed.cached_tracks);
    EXPECT_EQ(extractor_.images_seen, resumed.images);
    expect_equal(expected.table, resumed.table);
}

TEST_F(Extract, TwoProcessesMayShareACache) {
    make_pictures(40);
    const pid_t child = ::fork();
    if (child == 0) {
        set_thread_count(1);
        bool is_good = false;
        try {
            is_good = run().table.tracks() == 80;
        } catch (...) {
        }
        ::_exit(is_good ? 0 : 1);
    }
    const ExtractResult mine = run();
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_TRUE(mine.notes.empty());
    expect_equal(mine.table, run(extractor_, "").table);
    EXPECT_EQ(run().images, 0U);
}

TEST_F(Extract, ProgressReachesItsEnd) {
    make_pictures(3);
    std::size_t done = 0, total = 0;
    job_.progress = [&](std::string_view what, std::size_t now, std::size_t all) {
        if (what != "tracks") return;
        done = now;
        total = all;
    };
    run();
    EXPECT_EQ(done, 6U);
    EXPECT_EQ(total, 6U);
}

TEST(DataExtract, RealSongsPassThroughABodyAndItsCache) {
    MELVIT_NEEDS_SHARED("data/gtzan/genres_original");
    Catalog catalog = read_catalog(test::shared("data/gtzan/genres_original"));
    catalog.tracks.resize(6);
    const test::TempFolder folder;
    const Body body = load_body("random:vit_ti_16:1");
    const ExtractJob job{.cache_folder = folder / "cache"};
    const ExtractResult first = extract_features(catalog, body, job);
    EXPECT_EQ(first.table.tracks(), 6U);
    EXPECT_EQ(first.table.width(), 192U);
    EXPECT_EQ(first.images, 6U);
    const ExtractResult second = extract_features(catalog, body, job);
    EXPECT_EQ(second.images, 0U);
    expect_equal(first.table, second.table);
}

}  // namespace
}  // namespace melvit
