#include "melvit/core/user_text.h"

#include "melvit/core/error.h"
#include "melvit/core/unicode.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

using namespace std::string_literals;

/// ASCII text with `bytes` bytes for each character.
std::string widened(const std::string& text, std::size_t bytes, bool is_big_endian) {
    std::string wide;
    for (const char c : text) {
        const std::string zeros(bytes - 1, '\0');
        wide += is_big_endian ? zeros + c : c + zeros;
    }
    return wide;
}

TEST(UserText, ByteOrderMarksAreObeyedAndTakenOff) {
    EXPECT_EQ(decode_text("\xEF\xBB\xBF"
                          "a\n",
                          "t"),
              "a\n");
    EXPECT_EQ(decode_text("\xFF\xFE"s + widened("a.wav\r\n", 2, false), "t"), "a.wav\r\n");
    EXPECT_EQ(decode_text("\xFE\xFF"s + widened("a.wav", 2, true), "t"), "a.wav");
    EXPECT_EQ(decode_text("\xFF\xFE\0\0"s + widened("a.wav", 4, false), "t"), "a.wav");
    EXPECT_EQ(decode_text("\0\0\xFE\xFF"s + widened("a.wav", 4, true), "t"), "a.wav");
    EXPECT_EQ(decode_text("\xFF\xFE", "t"), "");
    EXPECT_EQ(decode_text("\xFF\xFE\xE9\0\x3D\xD8\x3B\xDE"s, "t"), "\xC3\xA9\xF0\x9F\x98\xBB");
}

TEST(UserText, Utf16WithoutAMarkIsToldByItsZeroBytes) {
    EXPECT_EQ(decode_text(widened("file,genre", 2, false), "t"), "file,genre");
    EXPECT_EQ(decode_text(widened("file,genre", 2, true), "t"), "file,genre");
    EXPECT_EQ(decode_text("./a\0./b\0"s, "t"), "./a\0./b\0"s);
    EXPECT_EQ(decode_text("", "t"), "");
    EXPECT_EQ(decode_text("caf\xE9", "t"), "caf\xE9");
}

TEST(UserText, Utf16ThatIsCutOrBrokenNamesTheLine) {
    for (const std::string& rest : {"x"s, "\x00\xD8x\0"s}) {
        try {
            decode_text("\xFF\xFE"s + widened("a\nb", 2, false) + rest, "t.csv");
            ADD_FAILURE();
        } catch (const Error& error) {
            EXPECT_EQ(
                error.what(),
                "t.csv line 2: needs to be UTF-16LE as its first bytes say, byte 8 starts no character"s);
        }
    }
}

TEST(UserText, LinesEndInAnyWay) {
    using Lines = std::vector<std::string_view>;
    EXPECT_EQ(text_lines("a\nb\r\nc\rd"), (Lines{"a", "b", "c", "d"}));
    EXPECT_EQ(text_lines("a\r\r\n\n"), (Lines{"a", "", ""}));
    EXPECT_EQ(text_lines(""), Lines{});
}

TEST(UserText, WhatIsNotUtf8IsWindows1252) {
    EXPECT_EQ(utf8_of_spreadsheet("caf\xE9 \x80"), "caf\xC3\xA9 \xE2\x82\xAC");
    EXPECT_EQ(utf8_of_spreadsheet("caf\xC3\xA9"), "caf\xC3\xA9");
    EXPECT_EQ(utf8_of_spreadsheet("\xE9\x81"), "\xE9\x81");
}

TEST(Unicode, BothFormsOfAnAccentAreOne) {
    EXPECT_EQ(normal_form("Bjo\xCC\x88rk"), "Bj\xC3\xB6rk");
    EXPECT_EQ(normal_form("Bj\xC3\xB6rk"), "Bj\xC3\xB6rk");
    EXPECT_EQ(normal_form("Bj\xF6rk"), "Bj\xF6rk");
}

TEST(Unicode, NamesThatPeopleTakeForOneFoldToOne) {
    for (const char* name : {"Hip Hop", "hip hop", "hip\xC2\xA0hop", " hip  hop", "hip\thop ",
                             "hip hop\xE2\x80\x8B", "\xEF\xBD\x88ip hop"}) {
        EXPECT_EQ(folded_name(name), "hip hop") << name;
    }
    EXPECT_EQ(folded_name("STRA\xC3\x9F"
                          "E"),
              "strasse");
    EXPECT_NE(folded_name("hiphop"), "hip hop");
}

TEST(Unicode, BlanksOfAnyKindGoFromTheEnds) {
    EXPECT_EQ(without_outer_blanks("\xEF\xBB\xBF\xC2\xA0 a b\xE3\x80\x80\r\n"), "a b");
    EXPECT_EQ(without_outer_blanks(" \xC2\xA0"), "");
    EXPECT_EQ(without_outer_blanks(" \xE9 "), "\xE9");
}

TEST(Unicode, OnlyWellFormedBytesAreCharacters) {
    for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\x80"}) {
        EXPECT_EQ(character_bytes(bad), 0U);
        EXPECT_FALSE(is_utf8(bad));
    }
    EXPECT_EQ(character_bytes(""), 0U);
    EXPECT_EQ(character_bytes("\xF0\x9D\x84\x9E!"), 4U);
}

}  // namespace
}  // namespace melvit
