#include "melvit/nn/linear.h"

#include "melvit/core/parallel.h"
#include "melvit/core/rounding.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace melvit::nn {
namespace {

using kernels::kernels;

/// Calls work(rows, panels) for all of them, side by side on the threads that are free. Panels of weights are
/// dealt out first, so that each thread reads only its own. Fewer than kRounds parts a thread that do not divide
/// evenly would leave threads idle at the end: rows are cut too.
template <class Work>
void for_each_part(std::size_t rows, std::size_t panels, const Work& work) {
    constexpr std::size_t kLeastRows = 24;
    constexpr std::size_t kRounds = 8;
    const std::size_t threads = free_threads();
    if (threads == 1) return work(Range{0, rows}, Range{0, panels});
    const std::size_t panel_parts = std::min(panels, kRounds * threads);
    const bool is_even = panel_parts % threads == 0;
    const std::size_t row_parts = is_even ? 1 : std::clamp<std::size_t>(rows / kLeastRows, 1, threads);
    parallel_for(panel_parts * row_parts, [&](std::size_t part) {
        work(equal_part(rows, part % row_parts, row_parts),
             equal_part(panels, part / row_parts, panel_parts));
    });
}

/// One output's weights in the format of the product.
void put_row(ConstMatrixView weight, std::size_t output, Precision precision, ElementFormat format,
             const QuantisedWeights& quantised, std::byte* to) {
    const std::size_t inputs = weight.columns();
    const auto row = weight.row(output);
    const auto values = [&] { return quantised.values.data() + output * inputs; };
    switch (format) {
        case ElementFormat::bf16:
            kernels().to_bf16(row.data(), inputs, reinterpret_cast<std::uint16_t*>(to));
            break;
        case ElementFormat::u8:
            std::memcpy(to, values(), inputs);
            break;
        case ElementFormat::s16:
            std::copy_n(values(), inputs, reinterpret_cast<std::int16_t*>(to));
            break;
        case ElementFormat::f32:
            if (precision == Precision::bf16) {
                kernels().round_to_bf16(row.data(), inputs, reinterpret_cast<float*>(to));
            } else {
                std::ranges::copy(row, reinterpret_cast<float*>(to));
            }
            break;
    }
}

}  // namespace

// I = inputs, O = outputs
Linear::Linear(const LinearWeights& weights, Precision precision, PostOp post_op)
    : inputs_(weights.weight.columns()),
      outputs_(weights.weight.rows()),
      precision_(precision),
      post_op_(post_op),
      format_(format_of(precision)),
      words_(row_bytes_of(inputs_, format_) / sizeof(kernels::Word)),
      panels_(divided_up(outputs_, kernels().panel_columns) * kernels().panel_columns * words_),
      bias_(outputs_ + kernels().panel_columns, 0.0F) {
    assert(weights.bias.size() == outputs_);
    std::ranges::copy(weights.bias.row(0), bias_.data());
    if (precision == Precision::int8) quantised_ = quantise_weights(weights.weight, kernels().panel_columns);
    const std::size_t row_bytes = words_ * sizeof(kernels::Word);
    std::vector<std::byte, CacheLineAllocator<std::byte>> rows(outputs_ *
                                                               row_bytes);  // [O x I], zeros behind
    for (std::size_t o = 0; o < outputs_; ++o)
        put_row(weights.weight, o, precision, format_, quantised_, rows.data() + o * row_bytes);
    kernels().pack_panels(rows.data(), row_bytes, words_, outputs_, panels_.data());
    quantised_.values = {};
}

Tokens Linear::operator()(const OperandRows& x) const {
    Tokens y(x.rows, outputs_);
    into(y, x);
    return y;
}

void Linear::into(const Rows& y, const OperandRows& x, float* gelu_input) const {
    assert(x.rows >= y.rows && x.columns == inputs_ && y.columns == outputs_ && x.precision == precision_);
    if (y.rows == 0) return;
    for_each_part(y.rows, divided_up(outputs_, kernels().panel_columns),
                  [&](const Range& rows, const Range& panels) {
                      float* kept = gelu_input == nullptr ? nullptr : gelu_input + rows.begin * y.stride;
                      multiply(y.slice(rows), x.slice(rows), panels, kept);
                  });
}

void Linear::multiply(const Rows& y, const OperandRows& x, const Range& panels, float* gelu_input) const {
    kernels().multiply[static_cast<std::size_t>(format_)](
        {.a = x.values,
         .a_row_bytes = x.row_bytes,
         .rows = y.rows,
         .b = panels_.data(),
         .words = words_,
         .columns = outputs_,
         .first_panel = panels.begin,
         .end_panel = panels.end,
         .c = y.data,
         .c_stride = y.stride,
         .epilogue = {.bias = bias_.data(),
                      .gelu = post_op_ == PostOp::gelu,
                      .accumulate = post_op_ == PostOp::add,
                      .gelu_input = gelu_input,
                      .column_scale = quantised_.scale.data(),
                      .column_sums = quantised_.sums.data(),
                      .row_params = x.row_params}});
}

Matrix rows_of(ConstMatrixView matrix, const Range& range) {
    Matrix part(range.size(), matrix.columns());
    std::copy_n(matrix.data() + range.begin * matrix.columns(), part.size(), part.data());
    return part;
}

Matrix columns_of(ConstMatrixView matrix, const Range& range) {
    Matrix part(matrix.rows(), range.size());
    for (std::size_t row = 0; row < part.rows(); ++row) {
        std::ranges::copy(matrix.row(row).subspan(range.begin, part.columns()), part.row(row).data());
    }
    return part;
}

}  // namespace melvit::nn
