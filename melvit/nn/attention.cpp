#include "melvit/nn/attention.h"

#include "melvit/core/parallel.h"
#include "melvit/nn/panel_product.h"
#include "melvit/nn/softmax.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <span>
#include <utility>

// T = tokens, Q = queries, D = width, d = width of a head, S = kStripRows, P = kPanelColumns

namespace melvit::nn {
namespace {

/// The layers of one third of the outputs, 0 = queries, 1 = keys, 2 = values: one for each head.
std::vector<Linear> third_of(const LinearWeights& qkv, std::size_t third, std::size_t heads,
                             Precision precision) {
    const std::size_t d = qkv.weight.columns() / heads;
    std::vector<Linear> layers;
    for (std::size_t head = 0; head < heads; ++head) {
        const std::size_t first = (third * heads + head) * d;
        const Range outputs{first, first + d};
        layers.emplace_back(LinearWeights{rows_of(qkv.weight, outputs), columns_of(qkv.bias, outputs)},
                            precision);
    }
    return layers;
}

/// One head of an image: its keys and values as left factors, so that the scores of P queries are a panel
/// [T x P], whose columns softmax takes, and which is the right factor of the next product as it lies.
class Head {
public:
    Head(std::size_t tokens, std::size_t width)
        : tokens_(tokens),
          width_(width),
          keys_(strips_of(tokens) * width * kStripRows * sizeof(float)),
          values_(strips_of(width) * tokens * kStripRows * sizeof(float)),
          query_(panels_of(width) * kPanelColumns * kPanelColumns * sizeof(float)),
          scores_(tokens * kPanelColumns * sizeof(float)),
          sums_(panels_of(width) * kPanelColumns * kPanelColumns * sizeof(float)) {}

    /// key, value  [T x d]
    void pack(const Rows& key, const Rows& value) {
        float* keys = keys_.as<float>();      // [T / S] strips of [d x S]
        float* values = values_.as<float>();  // [d / S] strips of [T x S]
        for (std::size_t t = 0; t < tokens_; t += kStripRows) {
            to_strip(key.row(t).data(), width_, std::min(kStripRows, tokens_ - t), width_, keys + t * width_);
        }
        for (std::size_t t = 0; t < tokens_; ++t) {
            const float* from = value.row(t).data();
            for (std::size_t i = 0; i < width_; i += kStripRows) {
                std::copy_n(from + i, std::min(kStripRows, width_ - i),
                            values + i * tokens_ + t * kStripRows);
            }
        }
    }

    /// softmax(Q K^T / sqrt(d)) V of up to P queries.
    ///
    /// query     [queries x d]
    /// attended  rows D apart, from the head's first column on
    void attend(const Rows& query, float* attended, std::size_t D) {
        turn_queries(query);
        float* scores = scores_.as<float>();  // [T x P]
        for (std::size_t t = 0; t < tokens_; t += kStripRows) {
            multiply({.values = keys_.as<float>() + t * width_, .rows = std::min(kStripRows, tokens_ - t)},
                     query_.as<float>(), width_, scores + t * kPanelColumns);
        }
        std::array<float, kPanelColumns> weights;  // sums of a query's exponentials
        exponentiate_columns(scores, tokens_, weights);
        float* sums = sums_.as<float>();  // [d x P]
        for (std::size_t i = 0; i < width_; i += kStripRows) {
            multiply({.values = values_.as<float>() + i * tokens_, .rows = std::min(kStripRows, width_ - i)},
                     scores, tokens_, sums + i * kPanelColumns);
        }
        turn_sums(weights, query.rows, attended, D);
    }

private:
    /// query_ = Q^T / sqrt(d)  [d x P]; columns beyond the queries are 0
    void turn_queries(const Rows& query) {
        const float scale = 1.0F / std::sqrt(static_cast<float>(width_));
        alignas(64) std::array<float, kPanelColumns * kPanelColumns> block{};  // [P queries x P]
        for (std::size_t i = 0; i < width_; i += kPanelColumns) {
            for (std::size_t q = 0; q < query.rows; ++q) {
                const std::span<const float> some =
                    query.row(q).subspan(i, std::min(kPanelColumns, width_ - i));
                std::ranges::transform(some, block.data() + q * kPanelColumns,
                                       [scale](float x) { return x * scale; });
            }
            transpose_block(block.data(), query_.as<float>() + i * kPanelColumns);
        }
    }

    /// attended = (sums_ / weights)^T  [queries x d]
    void turn_sums(const std::array<float, kPanelColumns>& weights, std::size_t queries, float* attended,
                   std::size_t D) const {
        alignas(64) std::array<float, kPanelColumns * kPanelColumns> block;  // [P queries x P]
        for (std::size_t i = 0; i < width_; i += kPanelColumns) {
            transpose_block(sums_.as<float>() + i * kPanelColumns, block.data());
            const std::size_t count = std::min(kPanelColumns, width_ - i);
            for (std::size_t q = 0; q < queries; ++q) {
                const float scale = 1.0F / weights[q];
                std::transform(block.data() + q * kPanelColumns, block.data() + q * kPanelColumns + count,
                               attended + q * D + i, [scale](float x) { return x * scale; });
            }
        }
    }

    std::size_t tokens_;
    std::size_t width_;
    Loan keys_, values_, query_, scores_, sums_;
};

/// Pieces that a head's queries are cut into, each with the keys and values packed anew: more where threads
/// would be idle.
std::size_t pieces_of(std::size_t heads, std::size_t queries) {
    const std::size_t threads = free_threads();
    if (threads == 1) return 1;
    return std::clamp<std::size_t>(4 * threads / heads, 1, panels_of(queries));
}

}  // namespace

/// Q, K and V of one image, head after head.
struct Attention::Projected {
    Projected(std::size_t tokens_, std::size_t queries_, std::size_t heads, std::size_t d)
        : tokens(tokens_),
          queries(queries_),
          query(heads * queries, d),
          key(heads * tokens, d),
          value(heads * tokens, d) {}

    Rows query_of(std::size_t head) { return query.slice({head * queries, (head + 1) * queries}); }
    Rows key_of(std::size_t head) { return key.slice({head * tokens, (head + 1) * tokens}); }
    Rows value_of(std::size_t head) { return value.slice({head * tokens, (head + 1) * tokens}); }

    std::size_t tokens, queries;
    Tokens query;       // [heads x Q x d]
    Tokens key, value;  // [heads x T x d]
};

Attention::Attention(const AttentionWeights& weights, std::size_t heads, Precision precision)
    : heads_(heads),
      query_(third_of(weights.qkv, 0, heads, precision)),
      key_(third_of(weights.qkv, 1, heads, precision)),
      value_(third_of(weights.qkv, 2, heads, precision)),
      proj_(weights.proj, precision) {
    assert(weights.proj.weight.columns() % heads == 0);
}

Attention::Projected Attention::project(const OperandRows& x, std::size_t queries) const {
    Projected projected(x.rows, queries, heads_, x.columns / heads_);
    parallel_for(3 * heads_, [&](std::size_t task) {
        const std::size_t head = task / 3;
        if (task % 3 == 0) query_[head].into(projected.query_of(head), x);
        if (task % 3 == 1) key_[head].into(projected.key_of(head), x);
        if (task % 3 == 2) value_[head].into(projected.value_of(head), x);
    });
    return projected;
}

ResidualLinear::Sum Attention::operator()(const OperandRows& x, std::size_t queries) const {
    const std::size_t D = x.columns;
    const std::size_t d = D / heads_;
    Projected projected = project(x, queries);
    Tokens attended(queries, D);
    const std::size_t pieces = pieces_of(heads_, queries);
    parallel_for(heads_ * pieces, [&](std::size_t task) {
        const std::size_t number = task / pieces;
        const std::size_t piece = task % pieces;
        Head head(x.rows, d);
        head.pack(projected.key_of(number), projected.value_of(number));
        const Range panels = equal_part(panels_of(queries), piece, pieces);
        for (std::size_t panel = panels.begin; panel < panels.end; ++panel) {
            const std::size_t first = panel * kPanelColumns;
            const Range some{first, std::min(first + kPanelColumns, queries)};
            head.attend(projected.query_of(number).slice(some), attended.row(first).data() + number * d, D);
        }
    });
    return proj_(Operand(std::move(attended), proj_.precision()));
}

}  // namespace melvit::nn
