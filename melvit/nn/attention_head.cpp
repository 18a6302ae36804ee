#include "melvit/nn/attention_head.h"

#include "melvit/nn/bf16.h"
#include "melvit/nn/grouped_product.h"
#include "melvit/nn/matrix_unit.h"
#include "melvit/nn/operand.h"
#include "melvit/nn/processor.h"
#include "melvit/nn/softmax.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <type_traits>

// T = tokens, Q = queries, d = width of a head

namespace melvit::nn {
namespace {

template <class Arithmetic>
constexpr Precision kFactors = std::is_same_v<Arithmetic, Bf16Pairs> ? Precision::bf16 : Precision::fp32;

/// Rows as the arithmetic has them.
template <class Arithmetic>
Operand operand_of(const Rows& x) {
    Operand operand(x.rows, x.columns, kFactors<Arithmetic>);
    for (std::size_t row = 0; row < x.rows; ++row) operand.set_row(row, x.row(row));
    return operand;
}

/// Keys and values of a head as right factors; the scores of some queries lie as the left factor of the next
/// product.
template <class Product>
class AttentionHead {
public:
    using Arithmetic = typename Product::Arithmetic;
    using Number = typename Arithmetic::Number;
    static constexpr std::size_t kQueries = Product::kRows;  ///< at a time
    static constexpr bool kStayFloats = std::is_same_v<Arithmetic, Floats>;

    AttentionHead(const Rows& key, const Rows& value)
        : tokens_(key.rows),
          width_(key.columns),
          padded_tokens_(divided_up(tokens_, kTileColumns) * kTileColumns),
          keys_(size_of_panels(key_groups(), tokens_) * sizeof(Group)),
          values_(size_of_panels(value_groups(), width_) * sizeof(Group)),
          scores_(kQueries * padded_tokens_ * sizeof(float)),
          weights_(kStayFloats ? 0 : kQueries, tokens_, kFactors<Arithmetic>) {
        pack_keys(key);
        pack_values(value);
    }

    /// queries, attended  [up to kQueries x d]
    void operator()(const GroupRows& queries, const Rows& attended) {
        float* scores = scores_.as<float>();  // [Q x T]
        for (std::size_t t = 0; t < tokens_; t += kTileColumns) {
            multiply_(queries, keys_.as<Group>() + t * key_groups(), key_groups(),
                      std::min(kTileColumns, tokens_ - t), scores + t, padded_tokens_);
        }
        const float scale = 1.0F / std::sqrt(static_cast<float>(width_));
        std::array<float, kQueries> sums;  // of a query's exponentials
        for (std::size_t q = 0; q < queries.rows; ++q) {
            float* row = scores + q * padded_tokens_;
            sums[q] = exponentiate_row(row, tokens_, scale);
        }
        const GroupRows weights = as_factor(scores, queries.rows);
        alignas(64) std::array<float, kQueries * kTileColumns> tile;
        for (std::size_t i = 0; i < width_; i += kTileColumns) {
            const std::size_t columns = std::min(kTileColumns, width_ - i);
            multiply_(weights, values_.as<Group>() + i * value_groups(), value_groups(), columns, tile.data(),
                      kTileColumns);
            for (std::size_t q = 0; q < queries.rows; ++q) {
                const float* sum = tile.data() + q * kTileColumns;
                std::transform(sum, sum + columns, attended.row(q).data() + i,
                               [inverse = 1.0F / sums[q]](float x) { return x * inverse; });
            }
        }
    }

private:
    /// The exponentials of some queries as the arithmetic has them; floats stay where they are.
    GroupRows as_factor(const float* exponentials, std::size_t queries) {
        if constexpr (kStayFloats) {
            return {exponentials, padded_tokens_ * sizeof(float), queries};
        } else {
            for (std::size_t q = 0; q < queries; ++q)
                weights_.set_row(q, {exponentials + q * padded_tokens_, tokens_});
            const OperandRows rows = weights_;
            return {rows.values, rows.row_bytes, queries};
        }
    }

    std::size_t key_groups() const { return row_groups(width_); }
    std::size_t value_groups() const { return row_groups(tokens_); }
    static std::size_t row_groups(std::size_t columns) {
        return row_bytes_of(columns, numbers_of(kFactors<Arithmetic>)) / sizeof(Group);
    }

    /// A key is a column of the right factor.
    void pack_keys(const Rows& key) {
        const Operand numbers = operand_of<Arithmetic>(key);
        const OperandRows rows = numbers;
        pack_panels(rows.values, rows.row_bytes, key_groups(), tokens_, keys_.as<Group>());
    }

    /// A value is a row of the right factor: numbers of as many tokens as a group holds lie side by side.
    void pack_values(const Rows& value) {
        constexpr std::size_t kTogether = kGroupSize<Arithmetic>;
        const Operand numbers = operand_of<Arithmetic>(value);
        const OperandRows rows = numbers;
        for (std::size_t i = 0; i < width_; i += kTileColumns) {
            Group* to = values_.as<Group>() + i * value_groups();
            Group* end = to + value_groups() * kTileColumns;
            const std::size_t columns = std::min(kTileColumns, width_ - i);
            for (std::size_t t = 0; t < tokens_; t += kTogether, to += kTileColumns) {
                const Number* first = static_cast<const Number*>(rows.row(t)) + i;
                if constexpr (kTogether == 1) {
                    std::memcpy(to, first, columns * sizeof(Group));
                } else {
                    constexpr std::array<Number, kTileColumns> kNothing{};
                    const Number* second =
                        t + 1 < tokens_ ? static_cast<const Number*>(rows.row(t + 1)) + i : kNothing.data();
                    for (std::size_t c = 0; c < columns; ++c) to[c] = first[c] | Group{second[c]} << 16U;
                }
            }
            std::fill(to, end, Group{0});
        }
    }

    std::size_t tokens_;
    std::size_t width_;
    std::size_t padded_tokens_;  // to the width of a tile
    Loan keys_;                  // panels of [d groups x kTileColumns tokens]
    Loan values_;                // panels of [T groups x kTileColumns numbers]
    Loan scores_;                // [kQueries x padded_tokens_]
    Operand weights_;            // [kQueries x T], but for floats
    Product multiply_;
};

template <class Product>
void attend_by(const Rows& query, const Rows& key, const Rows& value, const Rows& attended) {
    using Head = AttentionHead<Product>;
    Head head(key, value);
    const Operand queries = operand_of<typename Product::Arithmetic>(query);
    const OperandRows rows = queries;
    for (std::size_t q = 0; q < query.rows; q += Head::kQueries) {
        const Range some{q, std::min(q + Head::kQueries, query.rows)};
        head({rows.row(q), rows.row_bytes, some.size()}, attended.slice(some));
    }
}

/// Calls work(type of the products) for the fastest that the precision allows.
template <class Work>
auto with_product([[maybe_unused]] Precision precision, const Work& work) {
#if defined(__AVX512BF16__)
    if (precision != Precision::fp32 && numbers_of(Precision::bf16) == Numbers::bf16) {
        if constexpr (kBuiltForMatrixUnit) {
            if (this_processor().matrix_unit) return work(std::type_identity<MatrixUnitProduct<Bf16Pairs>>{});
        }
        return work(std::type_identity<RegisterProduct<Bf16Pairs>>{});
    }
#endif
    return work(std::type_identity<RegisterProduct<Floats>>{});
}

}  // namespace

std::size_t queries_at_a_time(Precision precision) {
    return with_product(precision, []<class Product>(std::type_identity<Product>) { return Product::kRows; });
}

Precision attention_factors(Precision precision) {
    return with_product(precision, []<class Product>(std::type_identity<Product>) {
        return kFactors<typename Product::Arithmetic>;
    });
}

void attend(const Rows& query, const Rows& key, const Rows& value, const Rows& attended,
            Precision precision) {
    with_product(precision, [&]<class Product>(std::type_identity<Product>) {
        attend_by<Product>(query, key, value, attended);
    });
}

}  // namespace melvit::nn
