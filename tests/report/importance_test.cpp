#include "melvit/report/importance.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace melvit {
namespace {

using Groups = std::vector<std::size_t>;
using Scores = std::vector<double>;

TEST(ImportanceTest, IsOneWhereTheGroupTellsAll) {
    EXPECT_DOUBLE_EQ(explained_share(Groups{0, 0, 1, 1}, Scores{1, 1, 3, 3}), 1);
}

TEST(ImportanceTest, IsZeroWhereTheGroupTellsNothing) {
    EXPECT_DOUBLE_EQ(explained_share(Groups{0, 1, 0, 1}, Scores{1, 1, 3, 3}), 0);
    EXPECT_DOUBLE_EQ(explained_share(Groups{0, 0, 1, 1}, Scores{2, 2, 2, 2}), 0);
}

TEST(ImportanceTest, TakesOffWhatChanceWouldGive) {
    // Total 8, between 4, within 4 with 2 degrees of freedom: (4 - 1 * 2) / 8.
    EXPECT_DOUBLE_EQ(explained_share(Groups{0, 0, 1, 1}, Scores{0, 2, 2, 4}), 0.25);
}

TEST(ImportanceTest, CannotBeToldWithAGroupForEachScore) {
    EXPECT_TRUE(std::isnan(explained_share(Groups{0, 1, 2}, Scores{1, 2, 3})));
    EXPECT_TRUE(std::isnan(explained_share(Groups{}, Scores{})));
}

TEST(ImportanceTest, CountsRanksSoThatNoScoreWeighsMoreThanAnother) {
    EXPECT_EQ(ranks_of(Scores{0.5, 1e9, 0.1, 0.5}), (Scores{2.5, 4, 1, 2.5}));
    EXPECT_EQ(ranks_of(Scores{}), Scores{});
}

TEST(ImportanceTest, PutsAContinuumIntoGroupsOfEqualSize) {
    EXPECT_EQ(quantile_groups(Scores{0.1, 7, 0.2, 9}, 2), (Groups{0, 1, 0, 1}));
    EXPECT_EQ(quantile_groups(Scores{3, 3, 1, 3}, 4), (Groups{1, 1, 0, 1}));
}

}  // namespace
}  // namespace melvit
