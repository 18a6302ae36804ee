#include "melvit/nn/mlp.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"
#include "melvit/nn/row_slices.h"

#include <algorithm>
#include <span>

namespace melvit::nn {
namespace {

/// Rows whose hidden units exist at a time: 197 tokens are one block.
constexpr std::size_t kMlpRows = 256;

/// Hidden units computed at once. For 197 rows 384 of them are 300 KB in fp32, and fit a second cache of 512 KB
/// beside a panel of weights; of shorter numbers more fit the same memory.
std::size_t units_at_once(Precision precision) {
    constexpr std::size_t kUnits = 384;
    switch (format_of(precision)) {
        case ElementFormat::f32:
            return kUnits;
        case ElementFormat::bf16:
            return 2 * kUnits;
        default:
            return 4 * kUnits;
    }
}

/// Up to four threads take a group each; fewer parts, fewer sums.
constexpr std::size_t kMostGroups = 4;
constexpr std::size_t kLeastGroups = 2;

/// to += from
void add_rows(const Rows& from, const Rows& to) {
    for (std::size_t r = 0; r < to.rows; ++r) {
        const std::span<float> sums = to.row(r);
        const std::span<const float> terms = from.row(r);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += terms[i];
    }
}

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision) {
    const std::size_t hidden = fc1.weight.rows();
    const std::size_t at_once = units_at_once(precision);
    const std::size_t groups =
        std::min(std::clamp(divided_up(hidden, at_once), kLeastGroups, kMostGroups), hidden);
    const std::size_t parts = divided_up(divided_up(hidden, groups), at_once);  // of each group
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t number = 0; number < groups; ++number) {
        Group& group = groups_.emplace_back();
        for (std::size_t part = 0; part < parts; ++part) {
            const Range units = equal_part(hidden, number * parts + part, groups * parts);
            // The first group adds to what is there; the others begin a sum.
            const bool begins = number > 0 && part == 0;
            const ConstMatrixView bias = number == 0 && part == 0 ? fc2.bias : ConstMatrixView(no_bias);
            group.push_back(
                {Linear({rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, precision, PostOp::gelu),
                 Linear({columns_of(fc2.weight, units), bias}, precision,
                        begins ? PostOp::none : PostOp::add)});
        }
    }
}

void Mlp::add(const Group& group, const OperandRows& input, const Rows& sum) {
    for (const auto& [fc1, fc2] : group) fc2.into(sum, Operand(fc1(input), fc1.precision()));
}

// for blocks of rows: for groups: for parts: hidden = gelu(fc1(input)); sum of the group += fc2(hidden)
void operator+=(const Rows& x, const Mlp::Sum& sum) {
    const std::vector<Mlp::Group>& groups = sum.mlp.groups_;
    const OperandRows input = sum.input;
    const std::size_t blocks = divided_up(x.rows, kMlpRows);
    for (std::size_t block = 0; block < blocks; ++block) {
        const Range rows = equal_part(x.rows, block, blocks);
        Tokens others((groups.size() - 1) * rows.size(), x.columns);
        const auto sum_of = [&](std::size_t group) {
            return group == 0 ? x.slice(rows)
                              : others.slice({(group - 1) * rows.size(), group * rows.size()});
        };
        const auto add_group = [&](std::size_t group) {
            Mlp::add(groups[group], input.slice(rows), sum_of(group));
        };
        if (free_threads() > groups.size()) {
            for (std::size_t group = 0; group < groups.size(); ++group) add_group(group);
        } else {
            parallel_for(groups.size(), add_group);
        }
        for_each_slice(rows.size(), [&](const Range& slice) {
            for (std::size_t group = 1; group < groups.size(); ++group)
                add_rows(sum_of(group).slice(slice), sum_of(0).slice(slice));
        });
    }
}

}  // namespace melvit::nn
