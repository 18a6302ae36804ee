#include "melvit/core/matrix.h"

#include "tests/kernels/levels.h"
#include "tests/support/matrices.h"

#include <cmath>
#include <limits>

namespace melvit::kernels::test {
namespace {

using melvit::test::random_matrix;

class AttentionHeads : public LevelTest {
protected:
    /// factors  0: in f32, 1: in bf16
    Matrix attend(std::size_t factors, const Matrix& query, const Matrix& key, const Matrix& value) const {
        Matrix out(query.rows(), query.columns());
        std::vector<std::byte, CacheLineAllocator<std::byte>> scratch(
            table.attention_scratch[factors](key.rows(), key.columns()));
        table.attend[factors]({.query = query.data(),
                               .query_stride = query.columns(),
                               .queries = query.rows(),
                               .key = key.data(),
                               .value = value.data(),
                               .key_stride = key.columns(),
                               .tokens = key.rows(),
                               .width = key.columns(),
                               .out = out.data(),
                               .out_stride = out.columns(),
                               .scratch = scratch.data()});
        return out;
    }
};
INSTANTIATE_TEST_SUITE_P(Levels, AttentionHeads, ::testing::ValuesIn(levels_here()), level_name);

/// softmax(query key^T / sqrt(d)) value in double precision, one query.
std::vector<double> attended(const Matrix& query, std::size_t q, const Matrix& key, const Matrix& value) {
    const std::size_t d = key.columns();
    std::vector<double> scores;
    for (std::size_t t = 0; t < key.rows(); ++t) {
        double score = 0;
        for (std::size_t i = 0; i < d; ++i)
            score += static_cast<double>(query(q, i)) * static_cast<double>(key(t, i));
        scores.push_back(score / std::sqrt(static_cast<double>(d)));
    }
    const double top = *std::max_element(scores.begin(), scores.end());
    std::vector<double> sums(d, 0.0);
    double weights = 0;
    for (std::size_t t = 0; t < key.rows(); ++t) {
        const double weight = std::exp(scores[t] - top);
        weights += weight;
        for (std::size_t i = 0; i < d; ++i) sums[i] += weight * static_cast<double>(value(t, i));
    }
    for (double& sum : sums) sum /= weights;
    return sums;
}

// Sizes that fill no word, no register and no panel, and some that fill them; one block of keys and several.
TEST_P(AttentionHeads, EqualTheirFormula) {
    for (const auto& [tokens, width] :
         {std::pair<std::size_t, std::size_t>{1, 1}, {5, 3}, {70, 67}, {197, 64}, {257, 16}, {1214, 64}}) {
        const Matrix query = random_matrix(27, width, 1);
        const Matrix key = random_matrix(tokens, width, 2);
        const Matrix value = random_matrix(tokens, width, 3);
        for (const std::size_t factors : {0UL, 1UL}) {
            if (table.attend[factors] == nullptr) continue;
            const Matrix out = attend(factors, query, key, value);
            // In bf16 a factor is off by 2^-9 of itself at most.
            const double tolerance = factors == 0 ? 1e-5 : 0.02;
            for (std::size_t q = 0; q < query.rows(); ++q) {
                const std::vector<double> expected = attended(query, q, key, value);
                for (std::size_t i = 0; i < width; ++i)
                    ASSERT_NEAR(out(q, i), expected[i], tolerance) << tokens << " tokens, " << q << ", " << i;
            }
        }
    }
}

TEST_P(AttentionHeads, HoldWhereALaterBlockOfKeysHasMuchHigherScores) {
    Matrix query(1, 4);
    Matrix key(700, 4);
    Matrix value(700, 4);
    query(0, 0) = 1.0F;
    for (std::size_t t = 0; t < 700; ++t) {
        key(t, 0) = static_cast<float>(t);  // scores up to 350
        value(t, 1) = t == 699 ? 3.0F : 1.0F;
    }
    for (const std::size_t factors : {0UL, 1UL}) {
        if (table.attend[factors] == nullptr) continue;
        EXPECT_NEAR(attend(factors, query, key, value)(0, 1), attended(query, 0, key, value)[1],
                    factors == 0 ? 1e-5 : 0.7);  // 699 is no number of bf16
    }
}

TEST_P(AttentionHeads, GiveAQueryTheSameBitsWhateverTheOthers) {
    const Matrix key = random_matrix(300, 64, 2);
    const Matrix value = random_matrix(300, 64, 3);
    const Matrix query = random_matrix(50, 64, 1);
    for (const std::size_t factors : {0UL, 1UL}) {
        if (table.attend[factors] == nullptr) continue;
        const Matrix all = attend(factors, query, key, value);
        Matrix alone(1, 64);
        std::copy_n(query.row(30).data(), 64, alone.data());
        const Matrix one = attend(factors, alone, key, value);
        for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(one(0, i), all(30, i));
    }
}

TEST_P(AttentionHeads, GiveNoNumberWhereAKeyIsNone) {
    for (const std::size_t place : {0UL, 400UL}) {
        Matrix key = random_matrix(500, 8, 2);
        key(place, 3) = std::numeric_limits<float>::quiet_NaN();
        const Matrix out = attend(0, random_matrix(2, 8, 1), key, random_matrix(500, 8, 3));
        EXPECT_TRUE(std::isnan(out(1, 0))) << place;
    }
}

}  // namespace
}  // namespace melvit::kernels::test
