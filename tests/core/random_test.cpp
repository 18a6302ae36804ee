#include "melvit/core/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace melvit {
namespace {

TEST(Random, is_a_function_of_seed_and_index) {
    EXPECT_EQ(Random(1, 2).bits(), Random(1, 2).bits());
    EXPECT_NE(Random(1, 2).bits(), Random(1, 3).bits());
    EXPECT_NE(Random(1, 2).bits(), Random(2, 2).bits());
    EXPECT_NE(Random(1, 2).bits(), Random(2, 1).bits());
}

TEST(Random, keeps_neighbouring_streams_apart) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (std::uint64_t index = 0; index < 20; ++index) {
            Random random(seed, index);
            for (int i = 0; i < 20; ++i) seen.insert(random.bits());
        }
    }
    EXPECT_EQ(seen.size(), 8000U);
}

TEST(Random, draws_uniform_numbers_from_zero_to_below_one) {
    Random random(1);
    double sum = 0;
    double squares = 0;
    constexpr int kCount = 200'000;
    for (int i = 0; i < kCount; ++i) {
        const float value = random.uniform();
        ASSERT_GE(value, 0.0F);
        ASSERT_LT(value, 1.0F);
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    EXPECT_NEAR(sum / kCount, 0.5, 0.003);  // four standard errors of the mean
    EXPECT_NEAR(squares / kCount, 1.0 / 3, 0.003);
}

TEST(Random, draws_each_number_below_a_count_as_often) {
    Random random(2);
    std::vector<int> counts(7);
    for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 400);
    EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, draws_normal_numbers) {
    Random random(3);
    double sum = 0;
    double squares = 0;
    int beyond_two = 0;
    constexpr int kCount = 200'000;
    for (int i = 0; i < kCount; ++i) {
        const float value = random.normal();
        ASSERT_TRUE(std::isfinite(value));
        sum += value;
        squares += static_cast<double>(value) * value;
        beyond_two += std::abs(value) > 2.0F ? 1 : 0;
    }
    EXPECT_NEAR(sum / kCount, 0, 0.01);
    EXPECT_NEAR(squares / kCount, 1, 0.015);
    EXPECT_NEAR(beyond_two / double{kCount}, 0.0455, 0.002);
}

TEST(Random, draws_beta_with_its_mean_and_variance) {
    for (const float alpha : {0.1F, 0.4F, 1.0F}) {
        Random random(7);
        constexpr int kCount = 40'000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < kCount; ++i) {
            const double value = random.symmetric_beta(alpha);
            ASSERT_TRUE(value >= 0 && value <= 1);
            sum += value - 0.5;
            squares += (value - 0.5) * (value - 0.5);
        }
        EXPECT_NEAR(sum / kCount, 0, 0.01) << alpha;
        EXPECT_NEAR(squares / kCount, 0.25 / (2 * alpha + 1), 0.003) << alpha;  // 1 / (4 (2 alpha + 1))
    }
}

TEST(Random, permutes_every_number_once) {
    std::vector<std::size_t> order = Random(4).permutation(100);
    EXPECT_EQ(order, Random(4).permutation(100));
    EXPECT_NE(order, Random(5).permutation(100));
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
    EXPECT_TRUE(Random(4).permutation(0).empty());
}

TEST(Random, permutes_in_every_order_as_often) {
    std::vector<int> counts(6);
    for (std::uint64_t i = 0; i < 12'000; ++i) {
        const auto order = Random(6, i).permutation(3);
        ++counts[order[0] * 2 + (order[1] > order[2] ? 1 : 0)];
    }
    for (const int count : counts) EXPECT_NEAR(count, 2000, 180);
}

}  // namespace
}  // namespace melvit
