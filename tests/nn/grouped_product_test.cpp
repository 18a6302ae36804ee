#include "melvit/nn/grouped_product.h"

#include "melvit/core/random.h"
#include "melvit/nn/bf16.h"
#include "melvit/nn/matrix_unit.h"
#include "melvit/nn/processor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

namespace melvit::nn {
namespace {

/// How the numbers of a factor are drawn, and what they stand for.
template <class Arithmetic>
struct Factor {
    using Left = typename Arithmetic::Number;
    using Right = Left;
    static Left left(Random& random) { return static_cast<Left>(random.uniform(0.0F, 255.99F)); }
    static Right right(Random& random) { return static_cast<Right>(random.uniform(-127.0F, 127.0F)); }
    static double value(auto number) { return static_cast<double>(number); }
};
template <>
struct Factor<Floats> {
    using Left = float;
    using Right = float;
    static float left(Random& random) { return random.uniform(-1.0F, 1.0F); }
    static float right(Random& random) { return random.uniform(-1.0F, 1.0F); }
    static double value(float number) { return static_cast<double>(number); }
};
template <>
struct Factor<Bf16Pairs> {
    using Left = std::uint16_t;
    using Right = std::uint16_t;
    static Left left(Random& random) { return to_bf16(random.uniform(-1.0F, 1.0F)); }
    static Right right(Random& random) { return to_bf16(random.uniform(-1.0F, 1.0F)); }
    static double value(std::uint16_t number) { return static_cast<double>(from_bf16(number)); }
};
template <>
struct Factor<CodeQuads> {
    using Left = std::uint8_t;
    using Right = std::int8_t;
    static Left left(Random& random) { return static_cast<Left>(random.uniform(0.0F, 255.99F)); }
    static Right right(Random& random) { return static_cast<Right>(random.uniform(-127.0F, 127.0F)); }
    static double value(auto number) { return static_cast<double>(number); }
};

template <class Product>
class GroupedProduct : public testing::Test {
protected:
    void SetUp() override {
        if (Product::kRows > kTileRows && !this_processor().matrix_unit) GTEST_SKIP() << "no matrix unit";
    }
};

using Products = testing::Types<RegisterProduct<Floats>, RegisterProduct<CodePairs>
#if defined(__AVX512BF16__)
                                ,
                                RegisterProduct<Bf16Pairs>
#endif
#if defined(__AVX512VNNI__)
                                ,
                                RegisterProduct<CodeQuads>
#endif
#if defined(MELVIT_BUILT_FOR_MATRIX_UNIT)
                                ,
                                MatrixUnitProduct<Bf16Pairs>, MatrixUnitProduct<CodeQuads>
#endif
                                >;
TYPED_TEST_SUITE(GroupedProduct, Products);

TYPED_TEST(GroupedProduct, IsTheSumOfTheProductsForEveryTileAndWritesNoOtherRow) {
    using Arithmetic = typename TypeParam::Arithmetic;
    using F = Factor<Arithmetic>;
    constexpr std::size_t kRows = TypeParam::kRows;
    constexpr std::size_t kColumns = kTileColumns + 5;
    constexpr std::size_t kGroups = kRows > kTileRows ? 32 : 12;          // two steps of the matrix unit
    constexpr std::size_t kInner = kGroups * kGroupSize<Arithmetic> - 3;  // fills no pair and no four
    constexpr std::size_t kPadded = kGroups * kGroupSize<Arithmetic>;
    Random random(1);
    std::vector<typename F::Left> left(kRows * kPadded);
    std::vector<typename F::Right> right(kColumns * kPadded);
    for (std::size_t r = 0; r < kRows; ++r)
        std::generate_n(left.begin() + static_cast<std::ptrdiff_t>(r * kPadded), kInner,
                        [&] { return F::left(random); });
    for (std::size_t c = 0; c < kColumns; ++c)
        std::generate_n(right.begin() + static_cast<std::ptrdiff_t>(c * kPadded), kInner,
                        [&] { return F::right(random); });
    Groups panels(size_of_panels(kGroups, kColumns));
    pack_panels(right.data(), kGroups * sizeof(Group), kGroups, kColumns, panels.data());

    TypeParam multiply;
    for (std::size_t rows = 1; rows <= kRows; ++rows) {
        for (const std::size_t first : {std::size_t{0}, kTileColumns}) {
            for (std::size_t columns = 1; columns <= std::min(kTileColumns, kColumns - first); ++columns) {
                std::vector<typename Arithmetic::Sum> tile(kRows * kTileColumns, 7);
                multiply({left.data(), kGroups * sizeof(Group), rows}, panels.data() + first * kGroups,
                         kGroups, columns, tile.data(), kTileColumns);
                for (std::size_t r = 0; r < kRows; ++r) {
                    for (std::size_t c = 0; c < columns; ++c) {
                        double sum = 0;
                        for (std::size_t i = 0; i < kInner; ++i)
                            sum +=
                                F::value(left[r * kPadded + i]) * F::value(right[(first + c) * kPadded + i]);
                        ASSERT_NEAR(static_cast<double>(tile[r * kTileColumns + c]), r < rows ? sum : 7.0,
                                    1e-5)
                            << rows << " rows, " << columns << " columns";
                    }
                }
            }
        }
    }
}

TEST(Panels, HaveZerosWhereTheFactorHasNoColumns) {
    const std::vector<Group> column(3, 5U);
    Groups panels(size_of_panels(3, 1), 9U);
    pack_panels(column.data(), 3 * sizeof(Group), 3, 1, panels.data());
    for (std::size_t i = 0; i < panels.size(); ++i) EXPECT_EQ(panels[i], i % kTileColumns == 0 ? 5U : 0U);
}

}  // namespace
}  // namespace melvit::nn
