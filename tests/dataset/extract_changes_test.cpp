// Files that are written or replaced while they are read.

#include "tests/dataset/extract_fixture.h"

namespace melvit {
namespace {

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
        progress_ = [this, times, in_place, done = 0](std::string_view what, std::size_t,
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
        progress_ = {};
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

TEST_P(ExtractChanges, ADigestOfTheSoundIsNotKeptUnderThatOfOtherBytes) {
    const ExtractResult first = run(extractor_, "cache");
    fs::remove_all(folder_ / "cache/packets");  // the features are still known
    for (const bool in_place : {true, false}) {
        change_after_digests(1, in_place);
        EXPECT_EQ(run(extractor_, "cache").table.sound_sha256[0], "");
        progress_ = {};
        overwrite(file_, first_, true);
        EXPECT_EQ(run(extractor_, "cache").table.sound_sha256, first.table.sound_sha256);
        fs::remove_all(folder_ / "cache/packets");
    }
}

}  // namespace
}  // namespace melvit
