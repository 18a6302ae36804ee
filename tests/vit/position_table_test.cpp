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

PatchGrid square(std::size_t side) {
    return {side, side};
}

TEST(GoldenPositionTable, is_resampled_as_timm_does) {
    const SafetensorsFile golden(test::golden("positions.safetensors"));
    for (const std::size_t side : {1U, 7U, 13U, 16U, 24U, 32U}) {
        for (const bool has_class_row : {false, true}) {
            const Matrix table = golden.matrix(fmt::format("from_{}_{:d}", side, has_class_row));
            const Matrix wanted = golden.matrix(fmt::format("to_{}_{:d}", side, has_class_row));
            const Matrix made =
                resampled_positions(table, {square(side), has_class_row ? std::size_t{1} : 0}, square(14), 1);
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

TEST(GoldenPositionTable, of_a_grid_that_is_no_square_is_resampled_as_timm_does) {
    struct Case {
        PatchGrid from, to;
        std::size_t prefix;
    };
    const SafetensorsFile golden(test::golden("shapes.safetensors"));
    for (const auto& [from, to, prefix] : {Case{{12, 101}, {12, 50}, 2}, Case{{14, 14}, {5, 38}, 1},
                                           Case{{5, 38}, {8, 64}, 0}, Case{{8, 3}, {4, 6}, 1}}) {
        const std::string name =
            fmt::format("{}x{}_{}x{}_{}", from.rows, from.columns, to.rows, to.columns, prefix);
        const Matrix made = resampled_positions(golden.matrix("from_" + name), {from, prefix}, to, prefix);
        const Matrix wanted = golden.matrix("to_" + name);
        ASSERT_EQ(made.rows(), prefix + to.size());
        ASSERT_EQ(made.size(), wanted.size());
        for (std::size_t i = 0; i < made.size(); ++i)
            ASSERT_NEAR(made.values()[i], wanted.values()[i], kTableTolerance) << name << ", " << i;
    }
}

TEST(GoldenPositionTable, of_sines_and_cosines_is_that_of_transformers) {
    const Matrix wanted = SafetensorsFile(test::golden("shapes.safetensors")).matrix("sincos.table");
    EXPECT_EQ(sincos_positions({3, 5}, 24), wanted);
}

TEST(PositionTable, keeps_a_table_of_its_own_grid_and_gives_a_class_token_none) {
    Matrix table(196, 2);
    for (std::size_t i = 0; i < table.size(); ++i) table.values()[i] = static_cast<float>(i + 1);
    const Matrix made = resampled_positions(table, {square(14), 0}, square(14), 1);
    EXPECT_EQ(made(0, 0), 0.0F);
    EXPECT_EQ(made(1, 0), 1.0F);
    EXPECT_EQ(made(196, 1), 392.0F);
}

TEST(PositionTable, tells_a_grid_from_the_number_of_rows) {
    const auto grid_of = [](std::size_t rows, std::size_t prefix_tokens = 1) {
        return square_position_grid(rows, prefix_tokens).value_or(PositionGrid{});
    };
    EXPECT_EQ(grid_of(197).grid, square(14));
    EXPECT_EQ(grid_of(197).prefix_rows, 1U);
    EXPECT_EQ(grid_of(196).grid, square(14));
    EXPECT_EQ(grid_of(196).prefix_rows, 0U);
    EXPECT_EQ(grid_of(577).grid, square(24));
    EXPECT_EQ(grid_of(1).grid, square(1));
    EXPECT_EQ(grid_of(198, 2).prefix_rows, 2U);
    EXPECT_EQ(grid_of(196, 0).grid, square(14));
    for (const std::size_t rows : {0U, 3U, 198U, 225U + 2U})
        EXPECT_EQ(grid_of(rows).grid, PatchGrid{}) << rows;
    EXPECT_EQ(grid_of(197, 2).grid, PatchGrid{});
}

}  // namespace
}  // namespace melvit
