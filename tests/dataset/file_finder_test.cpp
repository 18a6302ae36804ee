#include "melvit/dataset/file_finder.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <string>

namespace melvit {
namespace {

using namespace std::string_literals;

class FileFinders : public testing::Test {
protected:
    void make(const std::string& name) { test::write_quickly(folder_ / name, "x"); }

    /// The file that is found, seen from the folder; or the cause.
    std::string find(const std::string& written) {
        FileFinder finder(folder_.path());
        const FileFinder::Found found = finder.find(written);
        return found.cause.empty() ? found.file.lexically_relative(folder_.path()).native() : found.cause;
    }

    test::TempFolder folder_;
};

TEST_F(FileFinders, ANameInTheOtherNormalFormIsFoundInEachFolder) {
    make("Bjo\xCC\x88rk/Jo\xCC\x81ga.wav");  // NFD
    make("Caf\xC3\xA9.wav");                 // NFC
    EXPECT_EQ(find("Bj\xC3\xB6rk/J\xC3\xB3ga.wav"), "Bjo\xCC\x88rk/Jo\xCC\x81ga.wav");
    EXPECT_EQ(find("Cafe\xCC\x81.wav"), "Caf\xC3\xA9.wav");
    make("Cafe\xCC\x81.wav");
    EXPECT_EQ(find("Cafe\xCC\x81.wav"), "Cafe\xCC\x81.wav");
    EXPECT_EQ(find("Bj\xC3\xB6rk/gone.wav"), "Bj\xC3\xB6rk/gone.wav");
}

TEST_F(FileFinders, PathsOfWindowsAreReadOrNamed) {
    make("music/a.wav");
    make("odd\\name.wav");
    EXPECT_EQ(find("music\\a.wav"), "music/a.wav");
    EXPECT_EQ(find(".\\music\\a.wav"), "./music/a.wav");
    EXPECT_EQ(find("odd\\name.wav"), "odd\\name.wav");
    for (const char* path :
         {"C:\\music\\a.wav", "d:/music/a.wav", "\\\\nas\\music\\a.wav", "file:///C:/music/a.wav"})
        EXPECT_NE(find(path).find("is one of Windows"), std::string::npos) << path << ": " << find(path);
}

TEST_F(FileFinders, BlanksAndQuotesAroundANameGoWhereTheNameNeedsIt) {
    make("a.wav");
    make(" b.wav");
    EXPECT_EQ(find(" a.wav\xC2\xA0"), "a.wav");
    EXPECT_EQ(find("\"a.wav\""), "a.wav");
    EXPECT_EQ(find(" b.wav"), " b.wav");
}

TEST_F(FileFinders, NamesThatAreNotUtf8StayOrAreOfWindows1252) {
    make("caf\xE9.wav");
    make("t\xC3\xA9.wav");
    EXPECT_EQ(find("caf\xE9.wav"), "caf\xE9.wav");
    EXPECT_EQ(find("t\xE9.wav"), "t\xC3\xA9.wav");
}

TEST_F(FileFinders, AddressesOfFilesAreRead) {
    make("a b%.wav");
    const std::string folder = folder_.path().native();
    for (const std::string& start : {"file://"s, "file://localhost"s, "FILE:"s})
        EXPECT_EQ(find(start + folder + "/a%20b%25.wav"), "a b%.wav") << start;
    EXPECT_EQ(find("a%20b%25.wav"), "a b%.wav");
    EXPECT_EQ(find("a b%.wav"), "a b%.wav");
    EXPECT_NE(find("https://host/a.mp3").find("an address of the network"), std::string::npos);
    EXPECT_NE(find("file:///a%00b").find("zero byte"), std::string::npos);
    EXPECT_NE(find("a\0b"s).find("zero byte"), std::string::npos);
}

TEST_F(FileFinders, ANameThatDiffersInCaseIsNamed) {
    make("Music/A.WAV");
    EXPECT_NE(find("music/a.wav").find("Music/A.WAV does, which differs in case or blanks"),
              std::string::npos);
    EXPECT_EQ(find("nowhere.wav"), "nowhere.wav");
    EXPECT_EQ(find(std::string(100000, 'x')), std::string(100000, 'x'));
}

}  // namespace
}  // namespace melvit
