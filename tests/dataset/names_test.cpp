#include "melvit/dataset/names.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(Names, NumbersSortAsPeopleCount) {
    EXPECT_TRUE(natural_less("song 2.wav", "song 10.wav"));
    EXPECT_FALSE(natural_less("song 10.wav", "song 2.wav"));
    EXPECT_TRUE(natural_less("a07", "a7"));
    EXPECT_FALSE(natural_less("a07", "a07"));
    EXPECT_TRUE(natural_less("a", "a1"));
    EXPECT_TRUE(natural_less("a99999999999999999999998", "a99999999999999999999999"));
}

TEST(Names, SubsetsHaveTheirUsualNames) {
    EXPECT_EQ(subset_name("Train"), "train");
    EXPECT_EQ(subset_name("valid"), "validation");
    EXPECT_EQ(subset_name("val"), "validation");
    EXPECT_EQ(subset_name("TEST"), "test");
    EXPECT_EQ(subset_name("holdout"), std::nullopt);
}

}  // namespace
}  // namespace melvit
