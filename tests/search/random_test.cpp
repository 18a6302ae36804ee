#include "melvit/search/random_search.h"

#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

namespace melvit {
namespace {

SweepFile random_file(const std::string& parameters, int trials) {
    return parse_sweep_file("method: random\nrun_cap: " + std::to_string(trials) +
                                "\nmetric: {name: loss}\nparameters: " + parameters + "\n",
                            "s.yaml");
}

TEST(RandomTest, APointDependsOnSeedAndIndexOnly) {
    const SweepFile file = random_file("{a: {min: 0.0, max: 1.0}, b: {values: [1, 2, 3]}}", 50);
    const auto first = make_search(file, 3);
    const auto second = make_search(file, 3);
    const auto other = make_search(file, 4);
    EXPECT_EQ(first->trials(), 50U);
    EXPECT_FALSE(first->learns());
    std::set<std::string> points;
    for (std::size_t i = 50; i-- > 0;) {
        EXPECT_EQ(first->point(i, {}).dump(), second->point(i, {}).dump());
        EXPECT_NE(first->point(i, {}).dump(), other->point(i, {}).dump());
        points.insert(second->point(i, {}).dump());
    }
    EXPECT_EQ(points.size(), 50U);
}

TEST(RandomTest, NamesStandInSortedOrder) {
    const Point point = make_search(random_file("{b: {value: 1}, a: {value: 2}}", 1), 0)->point(0, {});
    EXPECT_EQ(point.dump(), R"({"a":2,"b":1})");
}

TEST(RandomTest, SharesAreUniformAndNeverZeroOrOne) {
    Random random(1);
    double sum = 0;
    double squares = 0;
    constexpr int kCount = 20'000;
    for (int i = 0; i < kCount; ++i) {
        const double share = random_share(random);
        ASSERT_GT(share, 0);
        ASSERT_LT(share, 1);
        sum += share;
        squares += share * share;
    }
    EXPECT_NEAR(sum / kCount, 0.5, 0.01);
    EXPECT_NEAR(squares / kCount, 1.0 / 3, 0.01);
}

TEST(RandomTest, DrawsEachDecadeOfALogUniformAlike) {
    const SweepFile file =
        random_file("{lr: {distribution: log_uniform_values, min: 1e-4, max: 1e-1}}", 3000);
    const auto search = make_search(file, 0);
    std::map<int, int> decades;
    for (std::size_t i = 0; i < search->trials(); ++i) {
        ++decades[static_cast<int>(std::floor(std::log10(search->point(i, {}).at("lr").get<double>())))];
    }
    EXPECT_EQ(decades.size(), 3U);
    for (const auto& [decade, count] : decades) EXPECT_NEAR(count, 1000, 100) << decade;
}

TEST(RandomTest, ProbabilitiesWeighTheValues) {
    const auto search = make_search(random_file("{a: {values: [x, y], probabilities: [0.2, 0.8]}}", 2000), 0);
    int first = 0;
    for (std::size_t i = 0; i < search->trials(); ++i) first += search->point(i, {}).at("a") == "x" ? 1 : 0;
    EXPECT_NEAR(first, 400, 60);
}

}  // namespace
}  // namespace melvit
