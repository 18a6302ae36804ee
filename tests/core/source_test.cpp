#include "melvit/core/source.h"

#include "melvit/core/file.h"
#include "melvit/core/sha256.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <string_view>
#include <sys/stat.h>

namespace melvit {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string text_at(const Source& source, std::int64_t offset, std::size_t count) {
    const std::vector<std::uint8_t> bytes = source.bytes_at(offset, count);
    return {bytes.begin(), bytes.end()};
}

class SourceTest : public testing::Test {
protected:
    SourceTest() { write_file(folder_ / "a.wav", kText); }

    static constexpr std::string_view kText = "0123456789";
    test::TempFolder folder_;
};

TEST_F(SourceTest, GivesTheSameBytesFromAFileAndFromMemory) {
    for (const Source& source : {Source(folder_ / "a.wav"), Source(bytes_of(kText), folder_ / "a.wav")}) {
        EXPECT_EQ(source.name(), folder_ / "a.wav");
        EXPECT_EQ(source.size(), 10);
        EXPECT_EQ(text_at(source, 0, 10), kText);
        EXPECT_EQ(text_at(source, 7, 10), "789");
        EXPECT_EQ(text_at(source, 10, 1), "");
        EXPECT_EQ(text_at(source, 1'000'000'000'000, 1), "");
        EXPECT_EQ(digest_of(source).sha256, sha256_of_text(std::string(kText)));
        EXPECT_EQ(digest_of(source).stamp, source.stamp());
    }
}

TEST_F(SourceTest, HasPartsThatEndWhereTheyEnd) {
    for (const Source& source : {Source(folder_ / "a.wav"), Source(bytes_of(kText), "a.wav")}) {
        const Source part = source.part(2, 6).part(1, 3);
        EXPECT_EQ(part.size(), 3);
        EXPECT_EQ(text_at(part, 0, 10), "345");
        EXPECT_EQ(text_at(part, 2, 10), "5");
        EXPECT_EQ(text_at(part, 3, 10), "");
        EXPECT_EQ(part.name(), source.name());
    }
}

TEST_F(SourceTest, OfAFileIsOpenedOnceWhateverBecomesOfItsName) {
    const Source source(folder_ / "a.wav");
    std::filesystem::rename(folder_ / "a.wav", folder_ / "b.wav");
    write_file(folder_ / "a.wav", "other bytes");
    const FileStamp before = source.stamp();
    EXPECT_EQ(text_at(source, 0, 100), kText);
    std::ofstream(folder_ / "b.wav", std::ios::app) << "more";
    EXPECT_NE(source.stamp(), before);
    EXPECT_THROW(digest_of(source), FileChanged);
}

TEST_F(SourceTest, ThatGotShorterGivesWhatIsThere) {
    const Source source(folder_ / "a.wav");
    std::filesystem::resize_file(folder_ / "a.wav", 4);
    EXPECT_EQ(text_at(source, 0, 10), "0123");
    EXPECT_EQ(text_at(source, 6, 2), "");
    EXPECT_THROW(digest_of(source), FileChanged);
}

TEST_F(SourceTest, IsAPictureByItsFirstBytesAndASongOtherwise) {
    const std::string png = "\x89PNG\r\n\x1A\n and more";
    const auto kind = [](const std::string& bytes, const char* name) {
        return Source(bytes_of(bytes), name).kind();
    };
    EXPECT_EQ(kind(png, "a.mp3"), MediaKind::png);
    EXPECT_EQ(kind("\xFF\xD8\xFF", "a"), MediaKind::jpeg);
    EXPECT_EQ(kind(png.substr(0, 7), "a.mp3"), MediaKind::song);
    EXPECT_EQ(kind("ID3", "a.txt"), MediaKind::song);
    // A broken picture is better told as one than as a song.
    EXPECT_EQ(kind("ID3", "a.PNG"), MediaKind::other);
    EXPECT_EQ(kind("", "a.jpeg"), MediaKind::other);
    write_file(folder_ / "picture", png);
    EXPECT_EQ(Source(folder_ / "picture").kind(), MediaKind::png);
}

TEST_F(SourceTest, WaitsForNoWriterOfAPipe) {
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    EXPECT_TRUE(
        test::holds(test::error_of([&] { Source(folder_ / "pipe"); }), "cannot be read, it is a FIFO"));
    EXPECT_TRUE(
        test::holds(test::error_of([&] { Source{folder_.path()}; }), "cannot be read, it is a directory"));
}

TEST(FileStamp, TellsAWriteOfTheSameLengthWhoseTimeWasSetBack) {
    const test::TempFolder folder;
    const auto file = folder / "a";
    write_file(file, "one");
    const SourceDigest before = digest_of(file);
    EXPECT_EQ(digest_of(file).stamp, before.stamp);
    std::ofstream(file, std::ios::in | std::ios::out) << "two";
    const timespec times[2] = {
        {before.stamp.modified_ns / 1'000'000'000, before.stamp.modified_ns % 1'000'000'000},
        {before.stamp.modified_ns / 1'000'000'000, before.stamp.modified_ns % 1'000'000'000}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
    const SourceDigest after = digest_of(file);
    EXPECT_EQ(after.stamp.modified_ns, before.stamp.modified_ns);
    EXPECT_EQ(after.stamp.bytes, before.stamp.bytes);
    EXPECT_NE(after.stamp, before.stamp);
    EXPECT_NE(after.sha256, before.sha256);
}

}  // namespace
}  // namespace melvit
