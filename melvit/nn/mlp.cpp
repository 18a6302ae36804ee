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

/// Groups of parts: sums of their own, which are added up at the end. Four occupy four threads; fewer parts,
/// fewer sums.
constexpr std::size_t kMostGroups = 4;
constexpr std::size_t kLeastGroups = 2;

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision) {
    const std::size_t hidden = fc1.weight.rows();
    const std::size_t groups = std::clamp(divided_up(hidden, part_of(precision)), kLeastGroups, kMostGroups);
    const std::size_t part = std::min(part_of(precision), divided_up(hidden, groups));
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t number = 0; number < groups; ++number) {
        Group& group = groups_.emplace_back();
        const Range share = equal_part(hidden, number, groups);
        for (std::size_t begin = share.begin; begin < share.end; begin += part) {
            const Range units{begin, std::min(begin + part, share.end)};
            // The first group adds to what is there; the others begin a sum.
            const After after = number > 0 && group.empty() ? After::nothing : After::add;
            const Matrix& bias = number == 0 && group.empty() ? fc2.bias : no_bias;
            group.push_back(
                {Linear({rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, precision, After::gelu),
                 Linear({columns_of(fc2.weight, units), bias}, precision, after)});
        }
    }
}

void operator+=(const Rows& x, const Mlp::Sum& sum) {
    const std::vector<Mlp::Group>& groups = sum.mlp.groups_;
    assert(x.stride == x.columns);
    Tokens others((groups.size() - 1) * x.rows, x.columns);
    const auto sum_of = [&](std::size_t number) {
        return number == 0 ? x : others.slice({(number - 1) * x.rows, number * x.rows});
    };
    parallel_for(groups.size(), [&](std::size_t number) {
        for (const Mlp::Part& part : groups[number]) {
            part.fc2.into(sum_of(number), Operand(part.fc1(sum.input), part.fc2.precision()));
        }
    });
    for_each_slice(x.rows, [&](const Range& slice) {
        for (std::size_t number = 1; number < groups.size(); ++number) {
            const Rows other = sum_of(number).slice(slice);
            float* to = x.slice(slice).data;
            for (std::size_t i = 0; i < other.rows * other.columns; ++i) to[i] += other.data[i];
        }
    });
}

}  // namespace melvit::nn
