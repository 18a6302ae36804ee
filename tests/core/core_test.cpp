#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/matrix.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(Error, is_one_sentence_of_thing_need_and_finding) {
    const Error error("song.mp3", "needs one window of 2048 samples", "it has 12");
    EXPECT_STREQ(error.what(), "song.mp3: needs one window of 2048 samples, it has 12");
    EXPECT_EQ(error.reason(), "needs one window of 2048 samples, it has 12");
    EXPECT_STREQ(Error(std::filesystem::path("a/b"), "needs x", "y").what(), "a/b: needs x, y");
}

TEST(Matrix, begins_with_zeros_row_after_row) {
    Matrix matrix(2, 3);
    EXPECT_EQ(matrix.size(), 6U);
    matrix(1, 2) = 5;
    EXPECT_EQ(matrix.values()[5], 5.0F);
    EXPECT_EQ(matrix.row(1)[2], 5.0F);
    EXPECT_EQ(matrix.row(0)[2], 0.0F);
    EXPECT_TRUE(Matrix().empty());
}

TEST(Matrix, is_equal_to_one_of_the_same_shape_and_values) {
    EXPECT_EQ(Matrix(2, 3), Matrix(2, 3));
    EXPECT_NE(Matrix(2, 3), Matrix(3, 2));
    Matrix other(2, 3);
    other(0, 0) = 1;
    EXPECT_NE(Matrix(2, 3), other);
}

TEST(MatrixView, reads_and_changes_the_matrix_that_it_was_made_of) {
    Matrix matrix(2, 3);
    const MatrixView view = matrix;
    view(1, 2) = 5.0F;
    view.row(0)[1] = 7.0F;
    EXPECT_EQ(matrix(1, 2), 5.0F);
    const ConstMatrixView reader = view;
    EXPECT_EQ(reader.data(), matrix.data());
    EXPECT_EQ(reader(0, 1), 7.0F);
    EXPECT_EQ(reader.rows(), 2U);
    EXPECT_EQ(reader.row(1).size(), 3U);
    EXPECT_EQ(reader.values().size(), 6U);
}

TEST(MatrixView, is_copied_by_the_matrix_that_is_made_of_it) {
    Matrix matrix(2, 3);
    const Matrix copy(MatrixView{matrix});
    matrix(0, 0) = 1.0F;
    EXPECT_EQ(copy, Matrix(2, 3));
    EXPECT_TRUE(ConstMatrixView().empty());
}

TEST(Matrix, starts_at_a_cache_line) {
    for (std::size_t size = 1; size < 100; size += 7) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(Matrix(1, size).data()) % 64, 0U);
    }
}

// source  the examples of FIPS 180-4 and NIST's test of a million letters
TEST(Sha256, gives_the_digests_of_the_standard) {
    EXPECT_EQ(sha256_of_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_of_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_of_text(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, is_the_same_in_pieces_and_from_a_file) {
    Sha256 sha;
    sha.add("a");
    sha.add("");
    sha.add("bc");
    EXPECT_EQ(sha.hex(), sha256_of_text("abc"));
    const test::TempFolder folder;
    write_file(folder / "a", "abc");
    EXPECT_EQ(sha256_of_file(folder / "a"), sha256_of_text("abc"));
    EXPECT_THROW(sha256_of_file(folder / "none"), Error);
}

TEST(Text, joins_with_a_separator) {
    EXPECT_EQ(joined(std::vector<int>{1, 2, 3}), "1, 2, 3");
    EXPECT_EQ(joined(std::vector<std::string>{"a"}, " x "), "a");
    EXPECT_EQ(joined(std::vector<std::string>{"", "a"}), ", a");
    EXPECT_EQ(joined(std::vector<int>{}), "");
}

TEST(Text, shows_control_bytes_and_cuts_long_text) {
    EXPECT_EQ(printable("a\x1b[2J\n\x7f"), "a\\x1b[2J\\x0a\\x7f");
    EXPECT_EQ(printable("gr\xC3\xBCn"), "gr\xC3\xBCn");
    EXPECT_EQ(printable(std::string(81, 'x')), std::string(80, 'x') + "...");
}

}  // namespace
}  // namespace melvit
