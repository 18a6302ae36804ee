#include "melvit/tracking/active_time.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(ActiveTimeTest, CountsOverlapsOnceAndPausesNot) {
    EXPECT_EQ(active_seconds({}), 0);
    EXPECT_EQ(active_seconds({{100, 2}, {10, 5}, {12, 1}}), 7) << "the last lies within the second";
    EXPECT_EQ(active_seconds({{10, 5}, {10, 5}, {14, 3}}), 7);
}

}  // namespace
}  // namespace melvit
