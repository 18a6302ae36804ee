#include "melvit/tracking/durable_folder.h"

#include "melvit/core/file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    return names;
}

void build(const fs::path& target, const std::string& file) {
    DurableFolder folder(target);
    write_file(folder.temporary() / file, "text");
    folder.commit();
}

TEST(DurableFolderTest, AppearsWithItsCommitOnly) {
    const test::TempFolder folder;
    {
        const DurableFolder run(folder / "run");
        write_file(run.temporary() / "file", "text");
        EXPECT_FALSE(fs::exists(folder / "run"));
    }
    EXPECT_TRUE(names_in(folder.path()).empty());
    build(folder / "run", "file");
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"run"});
    EXPECT_EQ(names_in(folder / "run"), std::vector<std::string>{"file"});
}

TEST(DurableFolderTest, ReplacesAnOlderFolderAsAWhole) {
    const test::TempFolder folder;
    build(folder / "run", "old");
    build(folder / "run", "new");
    EXPECT_EQ(names_in(folder / "run"), std::vector<std::string>{"new"});
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"run"});
}

TEST(DurableFolderTest, TwoOfOneNameAndWhatAKilledProgramLeftDoNotMix) {
    const test::TempFolder folder;
    DurableFolder one(folder / "run");
    DurableFolder other(folder / "run");
    write_file(one.temporary() / "one", "");
    write_file(other.temporary() / "other", "");
    one.commit();
    EXPECT_EQ(names_in(folder / "run"), std::vector<std::string>{"one"});
    other.commit();
    EXPECT_EQ(names_in(folder / "run"), std::vector<std::string>{"other"});
}

TEST(DurableFolderTest, AFileInItsPlaceIsNamed) {
    const test::TempFolder folder;
    write_file(folder / "run", "text");
    EXPECT_TRUE(
        test::holds(test::error_of([&] { const DurableFolder run(folder / "run"); }), "a file stands"));
    EXPECT_EQ(test::bytes_of(folder / "run"), "text");
}

TEST(FileNameTest, KeepsWhatIsPlainAndIsNeverTooLong) {
    EXPECT_EQ(as_file_name("lr0.001-wd=1e-05"), "lr0.001-wd=1e-05");
    EXPECT_EQ(as_file_name("../a b\xC3\xA9"), ".._a_b__");
    EXPECT_EQ(as_file_name(std::string(300, 'x')).size(), 100U);
}

}  // namespace
}  // namespace melvit
