// What the cache gives back, and what disturbs it: other settings, damage, a full disk, a kill, a second process.

#include "tests/dataset/extract_fixture.h"

namespace melvit {
namespace {

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
    std::get<PictureFrontEnd>(job_.front_end).mel.bands = 96;
    EXPECT_EQ(run().images, 4U);
    write_png(folder_ / "data/jazz/0.png", picture_of(200));
    EXPECT_EQ(run().images, 1U);
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

/// Runs `task` in a process of its own, where the parent's threads do not live. returns its status as waitpid
/// gives it
///
/// pool  set for the task to one of its own
template <class Task>
int in_child(ThreadPool*& pool, Task task) {
    const pid_t child = ::fork();
    if (child == 0) {
        ThreadPool one_thread(1);
        pool = &one_thread;
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
    const int status = in_child(pool_, [&] {
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
    const int status = in_child(pool_, [&] {
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
        ThreadPool one_thread(1);  // the parent's threads do not live here
        pool_ = &one_thread;
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

}  // namespace
}  // namespace melvit
