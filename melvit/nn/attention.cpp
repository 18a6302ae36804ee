#include "melvit/nn/attention.h"

#include "melvit/nn/panel_product.h"
#include "melvit/nn/softmax.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

// T = tokens, Q = queries, D = width, d = width of a head, S = kStripRows, P = kPanelColumns

namespace melvit::nn {
namespace {

/// The layer of one third of the outputs: 0 = queries, 1 = keys, 2 = values.
Linear third_of(const LinearWeights& qkv, std::size_t third, Precision precision) {
    const std::size_t D = qkv.weight.columns();
    const Range outputs{third * D, (third + 1) * D};
    return Linear({rows_of(qkv.weight, outputs), columns_of(qkv.bias, outputs)}, precision);
}

constexpr std::size_t strips_of(std::size_t rows) {
    return (rows + kStripRows - 1) / kStripRows;
}
constexpr std::size_t panels_of(std::size_t columns) {
    return (columns + kPanelColumns - 1) / kPanelColumns;
}

/// One head of an image: its keys and values as left factors, so that the scores of P queries are a panel [T x P], whose
/// columns softmax takes, and which is the right factor of the next product as it lies.
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

    /// Takes the keys and values of the head whose numbers begin at column `first`.
    void pack(const Attention::Projected& projected, std::size_t first) {
        float* keys = keys_.as<float>();      // [T / S] strips of [d x S]
        float* values = values_.as<float>();  // [d / S] strips of [T x S]
        for (std::size_t t = 0; t < tokens_; t += kStripRows) {
            to_strip(projected.key.row(t).data() + first, projected.key.columns(),
                     std::min(kStripRows, tokens_ - t), width_, keys + t * width_);
        }
        for (std::size_t t = 0; t < tokens_; ++t) {
            const float* value = projected.value.row(t).data() + first;
            for (std::size_t i = 0; i < width_; i += kStripRows) {
                std::copy_n(value + i, std::min(kStripRows, width_ - i),
                            values + i * tokens_ + t * kStripRows);
            }
        }
    }

    /// softmax(Q K^T / sqrt(d)) V of up to P queries.
    ///
    /// query, attended  rows D apart, from the head's first column on
    void attend(const float* query, std::size_t queries, float* attended, std::size_t D) {
        turn_queries(query, queries, D);
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
        turn_sums(weights, queries, attended, D);
    }

private:
    /// query_ = Q^T / sqrt(d)  [d x P]; columns beyond the queries are 0
    void turn_queries(const float* query, std::size_t queries, std::size_t D) {
        const float scale = 1.0F / std::sqrt(static_cast<float>(width_));
        alignas(64) std::array<float, kPanelColumns * kPanelColumns> block{};  // [P queries x P]
        for (std::size_t i = 0; i < width_; i += kPanelColumns) {
            for (std::size_t q = 0; q < queries; ++q) {
                std::transform(query + q * D + i, query + q * D + std::min(i + kPanelColumns, width_),
                               block.data() + q * kPanelColumns, [scale](float x) { return x * scale; });
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

}  // namespace

Attention::Attention(const AttentionWeights& weights, std::size_t heads, Precision precision)
    : heads_(heads),
      query_(third_of(weights.qkv, 0, precision)),
      key_(third_of(weights.qkv, 1, precision)),
      value_(third_of(weights.qkv, 2, precision)),
      proj_(weights.proj, precision, After::add) {
    assert(proj_.inputs() % heads == 0);
}

void Attention::project(const Operand& x, const Range& rows, Projected& projected) const {
    const std::size_t queries = projected.query.rows();
    query_.into(projected.query.slice({std::min(rows.begin, queries), std::min(rows.end, queries)}), x);
    key_.into(projected.key.slice(rows), x);
    value_.into(projected.value.slice(rows), x);
}

Addend Attention::operator()(const Projected& projected, const Range& queries) const {
    const std::size_t D = projected.key.columns();
    const std::size_t d = D / heads_;
    Tokens attended(queries.size(), D);  // [Q x D]
    Head head(projected.key.rows(), d);
    for (std::size_t first = 0; first < D; first += d) {
        head.pack(projected, first);
        for (std::size_t q = 0; q < queries.size(); q += kPanelColumns) {
            const std::size_t count = std::min(kPanelColumns, queries.size() - q);
            head.attend(projected.query.row(queries.begin + q).data() + first, count,
                        attended.row(q).data() + first, D);
        }
    }
    return {proj_, Operand(std::move(attended), proj_.precision())};
}

}  // namespace melvit::nn
