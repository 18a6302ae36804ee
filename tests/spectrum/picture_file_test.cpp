#include "melvit/core/error.h"
#include "melvit/spectrum/picture.h"

#include "tests/spectrum/golden_file.h"
#include "tests/support/errors.h"

#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

namespace melvit {
namespace {

class PictureFileTest : public testing::Test {
protected:
    std::filesystem::path file_of(const std::string& bytes, const std::string& name = "picture") {
        std::ofstream(folder_ / name, std::ios::binary) << bytes;  // write_file would wait for the disk
        return folder_ / name;
    }

    /// The sentence with which the file is refused; empty when it is not.
    static std::string refusal(const std::filesystem::path& file) {
        try {
            read_picture(file);
        } catch (const Error& error) {
            std::string sentence = error.what();
            EXPECT_TRUE(sentence.starts_with(file.string() + ": ") && test::states_a_need(sentence))
                << sentence;
            return sentence;
        }
        return "";
    }

    void expect_refused(const std::string& bytes, const std::string& finding) {
        const std::string sentence = refusal(file_of(bytes));
        EXPECT_NE(sentence.find(finding), std::string::npos) << '"' << sentence << '"';
    }

    test::TempFolder folder_;
};

using GoldenPictureFile = PictureFileTest;
using BadPictureFile = PictureFileTest;

TEST_F(GoldenPictureFile, PngOfEveryColourTypeHasTheColoursThatPillowSees) {
    const std::vector<std::string> cases = test::golden_cases("png.", ".colours");
    ASSERT_EQ(cases.size(), 41U);
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        const Picture picture = read_picture(file_of(test::golden_bytes(name + ".file")));
        const std::vector<std::size_t>& shape = test::spectrum_golden().at(name + ".colours").shape;
        EXPECT_EQ(picture.height, static_cast<int>(shape[0]));
        EXPECT_EQ(picture.width, static_cast<int>(shape[1]));
        EXPECT_EQ(picture.rgb, test::golden_integers<std::uint8_t>(name + ".colours"));
    }
}

TEST_F(GoldenPictureFile, JpegHasTheColoursThatPillowSees) {
    const std::vector<std::string> cases = test::golden_cases("jpeg.", ".colours");
    ASSERT_EQ(cases.size(), 5U);  // one of them in CMYK
    for (const std::string& name : cases) {
        SCOPED_TRACE(name);
        const Picture picture = read_picture(file_of(test::golden_bytes(name + ".file")));
        const auto expected = test::golden_integers<std::uint8_t>(name + ".colours");
        ASSERT_EQ(picture.rgb.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            // Versions of libjpeg-turbo round differently by one or two levels.
            ASSERT_NEAR(picture.rgb[i], expected[i], 2) << "byte " << i;
        }
    }
}

TEST_F(PictureFileTest, WhatIsWrittenAsPngComesBack) {
    const Picture picture = test::picture_by_rule(53, 31);
    write_png(folder_ / "a.png", picture);
    const Picture back = read_picture(folder_ / "a.png");
    EXPECT_EQ(back.width, 53);
    EXPECT_EQ(back.height, 31);
    EXPECT_EQ(back.rgb, picture.rgb);
}

TEST_F(PictureFileTest, WritingReplacesAFileAndLeavesNoOther) {
    write_png(folder_ / "a.png", test::picture_by_rule(5, 3));
    write_png(folder_ / "a.png", test::picture_by_rule(6, 4));
    EXPECT_EQ(read_picture(folder_ / "a.png").width, 6);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
    EXPECT_THROW(write_png(folder_ / "none" / "a.png", test::picture_by_rule(5, 3)), Error);
}

TEST_F(PictureFileTest, TheFirstBytesCountAndNotTheEnding) {
    EXPECT_EQ(read_picture(file_of(test::golden_bytes("png.rgb8.file"), "a.jpg")).width, 19);
    EXPECT_EQ(read_picture(file_of(test::golden_bytes("jpeg.grey.file"), "a.png")).width, 53);
}

TEST_F(BadPictureFile, WhatIsNoPictureIsRefused) {
    expect_refused("", "it is empty");
    expect_refused("x", "it begins with other bytes");
    expect_refused("This is a letter to a friend.\nIt holds no picture.\n", "it begins with other bytes");
    expect_refused(std::string(1000, '\0'), "it begins with other bytes");
    expect_refused("GIF89a", "it begins with other bytes");
}

TEST_F(BadPictureFile, TruncationAtAnyByteIsAnError) {
    for (const char* name :
         {"png.rgb8", "png.palette8_interlaced", "png.grey16", "jpeg.subsampled", "jpeg.progressive"}) {
        const std::string whole = test::golden_bytes(std::string(name) + ".file");
        for (std::size_t size = 0; size < whole.size(); ++size) {
            EXPECT_NE(refusal(file_of(whole.substr(0, size))), "")
                << name << ", " << size << " of " << whole.size();
        }
    }
}

TEST_F(BadPictureFile, ABrokenByteIsAnErrorOrAPicture) {
    for (const char* name :
         {"png.palette4_transparent", "png.rgba16_interlaced", "jpeg.progressive", "jpeg.colour"}) {
        const std::string whole = test::golden_bytes(std::string(name) + ".file");
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::string broken = whole;
            broken[i] = static_cast<char>(broken[i] ^ 0x5A);
            refusal(file_of(broken));
        }
    }
}

TEST_F(BadPictureFile, PathsThatAreNoFilesAreRefusedAtOnce) {
    EXPECT_NE(refusal(folder_.path()).find("directory"), std::string::npos);
    EXPECT_NE(refusal(folder_ / "none"), "");
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    EXPECT_NE(refusal(folder_ / "fifo").find("FIFO"), std::string::npos);
}

/// A PNG that says it is this large, with hardly any pixels.
std::string png_header(std::uint32_t width, std::uint32_t height) {
    std::string bytes = test::golden_bytes("png.rgb8.file");
    const auto put = [&](std::size_t at, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (24 - 8 * i));
    };
    put(16, width);
    put(20, height);
    put(29, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()) + 12, 17)));
    return bytes;
}

TEST_F(BadPictureFile, AHugePictureIsRefusedFromItsHeaderAlone) {
    const auto start = std::chrono::steady_clock::now();
    expect_refused(png_header(20000, 20000), "it has 20000 x 20000");
    expect_refused(png_header(16385, 1), "it has 16385 x 1");
    expect_refused(png_header(1, 16385), "it has 1 x 16385");
    expect_refused(png_header(16384, 4097), "it has 16384 x 4097");
    expect_refused(png_header(0x7FFFFFFF, 0x7FFFFFFF), "it has 2147483647 x 2147483647");
    expect_refused(png_header(0, 5), "needs to be a whole, sound PNG picture");
    std::string jpeg = test::golden_bytes("jpeg.colour.file");
    const std::size_t frame = jpeg.find("\xFF\xC0");
    ASSERT_NE(frame, std::string::npos);
    jpeg.replace(frame + 5, 4, "\x4E\x20\x4E\x20");
    expect_refused(jpeg, "it has 20000 x 20000");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace melvit
