#include "melvit/vit/position_table.h"

#include "melvit/core/safetensors.h"

#include "tests/support/test_files.h"

#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace melvit {
namespace {

// Normal numbers go in; sums of at most 100 products in float differ by their order, so by a few units of 2^-23.
constexpr float kTableTolerance = 4e-6F;

TEST(GoldenPositionTable, is_resampled_as_timm_does) {
    const SafetensorsFile golden(test::golden("positions.safetensors"));
    for (const int side : {1, 7, 13, 16, 24, 32}) {
        for (const bool has_class_row : {false, true}) {
            const Matrix table = golden.matrix(fmt::format("from_{}_{:d}", side, has_class_row));
            const Matrix wanted = golden.matrix(fmt::format("to_{}_{:d}", side, has_class_row));
            const Matrix made = resampled_positions(table, {side, has_class_row});
            ASSERT_EQ(made.rows(), 197U);
            const std::size_t first = has_class_row ? 0 : 1;
            float largest = 0;
            for (std::size_t row = first; row < made.rows(); ++row) {
                for (std::size_t i = 0; i < made.columns(); ++i)
                    largest = std::max(largest, std::abs(made(row, i) - wanted(row - first, i)));
            }
            EXPECT_LE(largest, kTableTolerance) << side << " " << has_class_row;
        }
    }
}

TEST(PositionTable, keeps_a_table_of_its_own_grid_and_gives_a_class_token_none) {
    Matrix table(196, 2);
    for (std::size_t i = 0; i < table.size(); ++i) table.values()[i] = static_cast<float>(i + 1);
    const Matrix made = resampled_positions(table, {14, false});
    EXPECT_EQ(made(0, 0), 0.0F);
    EXPECT_EQ(made(1, 0), 1.0F);
    EXPECT_EQ(made(196, 1), 392.0F);
}

TEST(PositionTable, tells_a_grid_from_the_number_of_rows) {
    const auto side_of = [](std::size_t rows) { return position_grid(rows) ? position_grid(rows)->side : 0; };
    EXPECT_EQ(side_of(197), 14);
    EXPECT_TRUE(position_grid(197)->has_class_row);
    EXPECT_EQ(side_of(196), 14);
    EXPECT_FALSE(position_grid(196)->has_class_row);
    EXPECT_EQ(side_of(577), 24);
    EXPECT_EQ(side_of(1), 1);
    for (const std::size_t rows : {0U, 3U, 198U, 225U + 2U}) EXPECT_EQ(side_of(rows), 0) << rows;
}

}  // namespace
}  // namespace melvit
