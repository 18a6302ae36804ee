#include "melvit/nn/mlp.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"
#include "melvit/nn/slices.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <cassert>

namespace melvit::nn {
namespace {

/// Hidden units computed at once in fp32. For 197 rows 192 of them are 150 KB; on a core with 1 MB of its own
/// cache and oneDNN's products they made a ViT-B's MLP 19 % faster than all 3072 at once, 768 made it 14 %
/// faster. Our own products of AVX-512 (engine.cpp) read the input once for each panel and like longer parts.
constexpr std::size_t kFloatPart = kLanes == 16 ? 384 : 192;

/// Hidden units computed at once: of shorter numbers more, in the same memory.
std::size_t part_of(Precision precision) {
    switch (numbers_of(precision)) {
        case Numbers::floats:
            return kFloatPart;
        case Numbers::bf16:
            return 2 * kFloatPart;
        default:
            return 4 * kFloatPart;
    }
}

/// Groups of parts: sums of their own, which are added up at the end. Up to four threads take a group each
/// and wait for nobody; fewer parts, fewer sums.
constexpr std::size_t kMostGroups = 4;
constexpr std::size_t kLeastGroups = 2;

std::size_t groups_of_units(std::size_t hidden, Precision precision) {
    const std::size_t groups = divided_up(hidden, part_of(precision));
    return std::min(std::clamp(groups, kLeastGroups, kMostGroups), hidden);
}

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision) {
    const std::size_t hidden = fc1.weight.rows();
    const std::size_t groups = groups_of_units(hidden, precision);
    const std::size_t parts = divided_up(divided_up(hidden, groups), part_of(precision));  // of each group
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t number = 0; number < groups; ++number) {
        Group& group = groups_.emplace_back();
        for (std::size_t part = 0; part < parts; ++part) {
            const Range units = equal_part(hidden, number * parts + part, groups * parts);
            // The first group adds to what is there; the others begin a sum.
            const After after = number > 0 && part == 0 ? After::nothing : After::add;
            const ConstMatrixView bias = number == 0 && part == 0 ? fc2.bias : no_bias;
            group.push_back(
                {Linear({rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, precision, After::gelu),
                 Linear({columns_of(fc2.weight, units), bias}, precision, after)});
        }
    }
}

void Mlp::add(std::span<const Group> groups, const OperandRows& input, std::span<const Rows> sums) {
    for (std::size_t part = 0; part < groups.front().size(); ++part) {
        std::vector<Tokens> hidden;
        std::vector<LinearCall> calls;
        for (const Group& group : groups) {
            const Linear& fc1 = group[part].fc1;
            calls.push_back({fc1, hidden.emplace_back(input.rows, fc1.outputs()), input});
        }
        run_side_by_side(calls);
        std::vector<Operand> operands;
        calls.clear();
        for (std::size_t number = 0; number < groups.size(); ++number) {
            operands.emplace_back(std::move(hidden[number]), input.precision);
            calls.push_back({groups[number][part].fc2, sums[number], operands.back()});
        }
        run_side_by_side(calls);
    }
}

void operator+=(const Rows& x, const Mlp::Sum& sum) {
    const std::span<const Mlp::Group> groups = sum.mlp.groups_;
    assert(x.stride == x.columns);
    Tokens others((groups.size() - 1) * x.rows, x.columns);
    std::vector<Rows> sums{x};
    for (std::size_t number = 1; number < groups.size(); ++number)
        sums.push_back(others.slice({(number - 1) * x.rows, number * x.rows}));
    const bool by_blocks = free_threads() > groups.size() && groups.front().front().fc1.blocks() > 1;
    if (by_blocks) {
        Mlp::add(groups, sum.input, sums);
    } else {
        parallel_for(groups.size(), [&](std::size_t number) {
            Mlp::add(groups.subspan(number, 1), sum.input, std::span(sums).subspan(number, 1));
        });
    }
    for_each_slice(x.rows, [&](const Range& slice) {
        for (std::size_t number = 1; number < groups.size(); ++number) {
            const Rows other = sums[number].slice(slice);
            float* to = x.slice(slice).data;
            for (std::size_t i = 0; i < other.rows * other.columns; ++i) to[i] += other.data[i];
        }
    });
}

}  // namespace melvit::nn
