#include "melvit/dataset/csv.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/dataset/names.h"

#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

class Csv : public testing::Test {
protected:
    CsvTable read(std::string_view text, const std::vector<std::string>& required = {"file"}) {
        write_file(folder_ / "t.csv", text);
        return read_csv(folder_ / "t.csv", required);
    }

    std::string error_of(std::string_view text, const std::vector<std::string>& required = {"file"}) {
        try {
            read(text, required);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

    test::TempFolder folder_;
};

TEST_F(Csv, ReadsQuotedCellsAndTheirLines) {
    const CsvTable table = read("file,genre\n\"a, \"\"b\"\"\nc.wav\",jazz\nd.wav,rock\n");
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"a, \"b\"\nc.wav", "jazz"}));
    EXPECT_EQ(table.rows[0].line, 2U);
    EXPECT_EQ(table.rows[1].line, 4U);
}

TEST_F(Csv, ReadsWhatSpreadsheetsWrite) {
    const CsvTable table = read("\xEF\xBB\xBF File , GENRE\r\na.wav,\"jazz\"\r\n\r\nb.wav,");
    EXPECT_EQ(table.columns, (std::vector<std::string>{"file", "genre"}));
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"a.wav", "jazz"}));
    EXPECT_EQ(table.rows[1].cells, (std::vector<std::string>{"b.wav", ""}));
}

TEST_F(Csv, SaysWhichColumnsAreMissing) {
    EXPECT_NE(error_of("name,label\na,b\n", {"file", "genre"})
                  .find("needs a first line with the columns file, genre"),
              std::string::npos);
    EXPECT_NE(error_of("").find("it is empty"), std::string::npos);
}

TEST_F(Csv, AQuoteThatNeverClosesNamesItsLine) {
    EXPECT_NE(error_of("file\na\n\"b\nc\n").find("line 3: needs its quote closed"), std::string::npos);
}

TEST_F(Csv, EveryCutOfAFileEitherReadsOrIsAnError) {
    const std::string text = "file,genre\r\n\"a\"\"\n,b\",jazz\r\nc,\"rock\"\r\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        try {
            const CsvTable table = read(text.substr(0, length));
            EXPECT_LE(table.rows.size(), 2U);
        } catch (const Error&) {
        }
    }
}

TEST(Names, NumbersSortAsPeopleCount) {
    EXPECT_TRUE(natural_less("song 2.wav", "song 10.wav"));
    EXPECT_FALSE(natural_less("song 10.wav", "song 2.wav"));
    EXPECT_TRUE(natural_less("a07", "a7"));
    EXPECT_FALSE(natural_less("a07", "a07"));
    EXPECT_TRUE(natural_less("a", "a1"));
    EXPECT_TRUE(natural_less("a99999999999999999999998", "a99999999999999999999999"));
}

TEST(Names, BytesThatAreNoUtf8AreWrittenOut) {
    EXPECT_EQ(utf8_text("Bj\xF6rk"), "Bj\\xF6rk");
    EXPECT_EQ(utf8_text("Bj\xC3\xB6rk"), "Bj\xC3\xB6rk");
    EXPECT_EQ(utf8_text("\xE2\x82\xAC\xF0\x9D\x84\x9E"), "\xE2\x82\xAC\xF0\x9D\x84\x9E");
    EXPECT_EQ(utf8_text("\xC0\x80\xED\xA0\x80\xE2\x82"), "\\xC0\\x80\\xED\\xA0\\x80\\xE2\\x82");
}

TEST(Names, SidesHaveTheirUsualNames) {
    EXPECT_EQ(side_name("Train"), "train");
    EXPECT_EQ(side_name("valid"), "validation");
    EXPECT_EQ(side_name("val"), "validation");
    EXPECT_EQ(side_name("TEST"), "test");
    EXPECT_EQ(side_name("holdout"), std::nullopt);
}

}  // namespace
}  // namespace melvit
