#include "melvit/nn/attention_head.h"

#include "melvit/nn/bf16.h"
#include "melvit/nn/grouped_product.h"
#include "melvit/nn/operand.h"
#include "melvit/nn/softmax.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

// T = tokens, Q = queries, d = width of a head

namespace melvit::nn {
namespace {

static_assert(kHeadQueries == kTileRows);

/// The number as a factor of a product has it.
template <class Arithmetic>
typename Arithmetic::Number number_of(float x) {
    if constexpr (std::is_same_v<Arithmetic, Bf16Pairs>) {
        return to_bf16(x);
    } else {
        return x;
    }
}

/// Keys and values of a head as right factors; the scores of some queries lie as the left factor of the next
/// product.
template <class Arithmetic>
class AttentionHead {
public:
    using Number = typename Arithmetic::Number;

    AttentionHead(const Rows& key, const Rows& value)
        : tokens_(key.rows),
          width_(key.columns),
          padded_tokens_(divided_up(tokens_, kTileColumns) * kTileColumns),
          keys_(size_of_panels(key_groups(), tokens_) * sizeof(Group)),
          values_(size_of_panels(value_groups(), width_) * sizeof(Group)),
          query_(kTileRows * key_groups() * sizeof(Group)),
          scores_(kTileRows * padded_tokens_ * sizeof(float)),
          weights_(kTileRows * padded_tokens_ * sizeof(Number)) {
        pack_keys(key);
        pack_values(value);
    }

    /// query, attended  [up to kTileRows x d]
    void operator()(const Rows& query, const Rows& attended) {
        const GroupRows queries{query_.as<Number>(), key_groups() * sizeof(Group), query.rows};
        to_numbers(query, query_.as<Number>());
        float* scores = scores_.as<float>();  // [Q x T]
        for (std::size_t t = 0; t < tokens_; t += kTileColumns) {
            multiply_tile<Arithmetic>(queries, keys_.as<Group>() + t * key_groups(), key_groups(),
                                      std::min(kTileColumns, tokens_ - t), scores + t, padded_tokens_);
        }
        const float scale = 1.0F / std::sqrt(static_cast<float>(width_));
        std::array<float, kTileRows> sums;  // of a query's exponentials
        for (std::size_t q = 0; q < query.rows; ++q) sums[q] = weigh(q, scale);
        const GroupRows weights{weights_.as<Number>(), padded_tokens_ * sizeof(Number), query.rows};
        alignas(64) std::array<float, kTileRows * kTileColumns> tile;
        for (std::size_t i = 0; i < width_; i += kTileColumns) {
            const std::size_t columns = std::min(kTileColumns, width_ - i);
            multiply_tile<Arithmetic>(weights, values_.as<Group>() + i * value_groups(), value_groups(),
                                      columns, tile.data(), kTileColumns);
            for (std::size_t q = 0; q < query.rows; ++q) {
                const float* sum = tile.data() + q * kTileColumns;
                std::transform(sum, sum + columns, attended.row(q).data() + i,
                               [inverse = 1.0F / sums[q]](float x) { return x * inverse; });
            }
        }
    }

private:
    std::size_t key_groups() const { return groups_of<Arithmetic>(width_); }
    std::size_t value_groups() const { return groups_of<Arithmetic>(tokens_); }

    /// Rows of numbers, each filled up to whole groups with zeros.
    static void to_numbers(const Rows& x, Number* to) {
        const std::size_t padded = groups_of<Arithmetic>(x.columns) * kGroupSize<Arithmetic>;
        for (std::size_t row = 0; row < x.rows; ++row, to += padded) {
            std::ranges::transform(x.row(row), to, number_of<Arithmetic>);
            std::fill(to + x.columns, to + padded, Number{});
        }
    }

    /// A key is a column of the right factor.
    void pack_keys(const Rows& key) {
        Loan numbers(tokens_ * key_groups() * sizeof(Group));
        to_numbers(key, numbers.as<Number>());
        pack_panels(numbers.as<Number>(), key_groups() * sizeof(Group), key_groups(), tokens_,
                    keys_.as<Group>());
    }

    /// A value is a row of the right factor: numbers of as many tokens as a group holds lie side by side.
    void pack_values(const Rows& value) {
        constexpr std::size_t kTogether = kGroupSize<Arithmetic>;
        for (std::size_t i = 0; i < width_; i += kTileColumns) {
            Number* to = reinterpret_cast<Number*>(values_.as<Group>() + i * value_groups());
            const std::size_t columns = std::min(kTileColumns, width_ - i);
            for (std::size_t t = 0; t < value_groups() * kTogether; ++t) {
                Number* row = to + t / kTogether * kTileColumns * kTogether + t % kTogether;
                const float* from = t < tokens_ ? value.row(t).data() + i : nullptr;
                for (std::size_t c = 0; c < columns; ++c)
                    row[c * kTogether] = from == nullptr ? Number{} : number_of<Arithmetic>(from[c]);
            }
        }
    }

    /// Makes a query's scores the numbers exp(scale (score - highest)); returns their sum.
    float weigh(std::size_t q, float scale) {
        float* scores = scores_.as<float>() + q * padded_tokens_;
        const float sum = exponentiate_row({scores, tokens_}, scale);
        Number* weights = weights_.as<Number>() + q * padded_tokens_;
        std::transform(scores, scores + tokens_, weights, number_of<Arithmetic>);
        std::fill(weights + tokens_, weights + value_groups() * kGroupSize<Arithmetic>, Number{});
        return sum;
    }

    std::size_t tokens_;
    std::size_t width_;
    std::size_t padded_tokens_;  // to the width of a tile
    Loan keys_;                  // panels of [d groups x kTileColumns tokens]
    Loan values_;                // panels of [T groups x kTileColumns numbers]
    Loan query_, scores_, weights_;
};

template <class Arithmetic>
void attend_in(const Rows& query, const Rows& key, const Rows& value, const Rows& attended) {
    AttentionHead<Arithmetic> head(key, value);
    for (std::size_t q = 0; q < query.rows; q += kTileRows) {
        const Range some{q, std::min(q + kTileRows, query.rows)};
        head(query.slice(some), attended.slice(some));
    }
}

}  // namespace

void attend(const Rows& query, const Rows& key, const Rows& value, const Rows& attended,
            [[maybe_unused]] Precision precision) {
#if defined(__AVX512BF16__)
    if (precision != Precision::fp32 && numbers_of(Precision::bf16) == Numbers::bf16)
        return attend_in<Bf16Pairs>(query, key, value, attended);
#endif
    attend_in<Floats>(query, key, value, attended);
}

}  // namespace melvit::nn
