#include "melvit/nn/mlp.h"

#include "melvit/core/rounding.h"

#include <cassert>

namespace melvit::nn {
namespace {

/// Rows whose hidden units exist at a time: 197 tokens are one block.
constexpr std::size_t kMlpRows = 256;

/// Hidden units computed at once. For 197 rows 192 of them are 150 KB in fp32, and fit a second cache of 256 KB
/// beside the weights. Wider panels read the input fewer times and like longer parts; of shorter numbers more
/// fit the same memory.
std::size_t units_at_once(Precision precision) {
    const std::size_t of_fp32 = 6 * kernels::kernels().panel_columns >= 384 ? 384 : 192;
    switch (format_of(precision)) {
        case ElementFormat::f32:
            return of_fp32;
        case ElementFormat::bf16:
            return 2 * of_fp32;
        default:
            return 4 * of_fp32;
    }
}

}  // namespace

Mlp::Mlp(const LinearWeights& fc1, const LinearWeights& fc2, Precision precision) {
    const std::size_t hidden = fc1.weight.rows();
    const std::size_t parts = divided_up(hidden, units_at_once(precision));
    const Matrix no_bias(1, fc2.bias.columns());
    for (std::size_t part = 0; part < parts; ++part) {
        const Range units = equal_part(hidden, part, parts);
        parts_.push_back({Linear({rows_of(fc1.weight, units), columns_of(fc1.bias, units)}, precision, PostOp::gelu),
                          Linear({columns_of(fc2.weight, units), part == 0 ? fc2.bias : no_bias}, precision,
                                 PostOp::add)});
    }
}

void operator+=(const Rows& x, const Mlp::Sum& sum) {
    const OperandRows input = sum.input;
    const std::size_t blocks = divided_up(x.rows, kMlpRows);
    for (std::size_t block = 0; block < blocks; ++block) {
        const Range rows = equal_part(x.rows, block, blocks);
        for (const auto& [fc1, fc2] : sum.mlp.parts_)
            fc2.into(x.slice(rows), Operand(fc1(input.slice(rows)), fc1.precision()));
    }
}

}  // namespace melvit::nn
