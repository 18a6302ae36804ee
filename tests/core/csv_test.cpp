#include "melvit/core/csv.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/unicode.h"

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

TEST_F(Csv, ReadsTheSeparatorsAndEncodingsOfSpreadsheets) {
    const std::string utf16 = [] {
        std::string bytes = "\xFF\xFE";
        for (const char c : std::string("file\tgenre\r\na.wav\tjazz\r\n")) bytes += {c, '\0'};
        return bytes;
    }();
    for (const std::string& text :
         {std::string("File;Genre\r\na.wav;jazz\r\n"), std::string("file\tgenre\ra.wav\tjazz\r"),
          std::string("\"file\";\"genre\"\n\"a.wav\";\"jazz\"\n"),
          std::string("sep=;\r\nfile;genre\r\na.wav;jazz"),
          std::string("\n;;\nfile;genre;\na.wav;jazz;\n;;\n"), std::string("file|genre\na.wav|jazz\n"),
          utf16}) {
        const CsvTable table = read(text, {"file", "genre"});
        ASSERT_EQ(table.rows.size(), 1U) << text;
        EXPECT_EQ(table.rows[0].cells, (std::vector<std::string>{"a.wav", "jazz"})) << text;
        EXPECT_EQ(row_problem(table, table.rows[0]), "");
    }
}

TEST_F(Csv, BlankRowsAndEmptyLastCellsArePassedOver) {
    const CsvTable table = read(
        "\xC2\xA0"
        "file , Genre,,\n,,,\na.wav,jazz,,\n\xC2\xA0,\" \",,\nb.wav,rock\nc.wav,pop,,x\n,,\n");
    EXPECT_EQ(table.columns, (std::vector<std::string>{"file", "genre"}));
    ASSERT_EQ(table.rows.size(), 3U);
    EXPECT_EQ(table.rows[0].line, 3U);
    EXPECT_EQ(row_problem(table, table.rows[1]), "");
    EXPECT_EQ(row_problem(table, table.rows[2]),
              "needs 2 cells, it has 4; a cell with a separator in it needs quotes");
}

TEST_F(Csv, BlanksMayStandAroundQuotesAndNothingElse) {
    EXPECT_EQ(read("file,genre\na.wav, \"hip, hop\" \n").rows[0].cells,
              (std::vector<std::string>{"a.wav", "hip, hop"}));
    EXPECT_EQ(read("file\n7\" mix.wav\n").rows[0].cells, std::vector<std::string>{"7\" mix.wav"});
    EXPECT_NE(error_of("file,genre\na,b\n\"Heroes\".wav,rock\n")
                  .find("line 3: needs a quote inside a quoted cell doubled"),
              std::string::npos);
    EXPECT_NE(error_of("file,genre,File\n").find("names file twice"), std::string::npos);
}

TEST_F(Csv, TheFirstLineThatIsNotUtf8IsKnown) {
    EXPECT_EQ(read("file\na\nb\nc\xE9\n\xE9\n").not_utf8_line, 4U);
    EXPECT_EQ(read("file\nc\xC3\xA9\n").not_utf8_line, 0U);
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

TEST(Unicode, BytesThatAreNoUtf8AreWrittenOut) {
    EXPECT_EQ(utf8_text("Bj\xF6rk"), "Bj\\xF6rk");
    EXPECT_EQ(utf8_text("Bj\xC3\xB6rk"), "Bj\xC3\xB6rk");
    EXPECT_EQ(utf8_text("\xE2\x82\xAC\xF0\x9D\x84\x9E"), "\xE2\x82\xAC\xF0\x9D\x84\x9E");
    EXPECT_EQ(utf8_text("\xC0\x80\xED\xA0\x80\xE2\x82"), "\\xC0\\x80\\xED\\xA0\\x80\\xE2\\x82");
}

TEST(CsvLine, QuotesCellsThatWouldBreakTheLine) {
    EXPECT_EQ(csv_line({"a", "b,c", "say \"x\"", "two\nlines", ""}),
              "a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\",");
}

}  // namespace
}  // namespace melvit
