#include "melvit/nn/operand.h"

#include "melvit/core/rounding.h"
#include "melvit/nn/row_slices.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace melvit::nn {
namespace {

std::size_t size_of(ElementFormat format) {
    switch (format) {
        case ElementFormat::f32:
            return sizeof(float);
        case ElementFormat::u8:
            return sizeof(std::uint8_t);
        default:
            return sizeof(std::uint16_t);
    }
}

}  // namespace

std::size_t row_bytes_of(std::size_t columns, ElementFormat format) {
    const bool for_tiles = format == ElementFormat::bf16 || format == ElementFormat::u8;
    const std::size_t whole = sizeof(kernels::Word) * (for_tiles ? kernels::kernels().word_step : 1);
    return divided_up(columns * size_of(format), whole) * whole;
}

std::int32_t OperandRows::quantised(std::size_t index, std::size_t column) const {
    assert(column < columns);
    const void* values_of_row = row(index);
    return format_of(precision) == ElementFormat::u8
               ? std::int32_t{static_cast<const std::uint8_t*>(values_of_row)[column]}
               : std::int32_t{static_cast<const std::int16_t*>(values_of_row)[column]};
}

Operand::Operand(std::size_t rows, std::size_t columns, Precision precision)
    : rows_(rows),
      columns_(columns),
      precision_(precision),
      format_(format_of(precision)),
      row_bytes_(row_bytes_of(columns, format_)),
      values_(rows * row_bytes_),
      row_params_(precision == Precision::int8 ? rows * sizeof(QuantParams) : 0) {}

Operand::Operand(Tokens tokens, Precision precision)
    : rows_(tokens.rows()),
      columns_(tokens.columns()),
      precision_(precision),
      format_(format_of(precision)),
      row_bytes_(row_bytes_of(columns_, format_)),
      values_(precision == Precision::fp32 ? std::move(tokens).memory() : ScratchBuffer(rows_ * row_bytes_)),
      row_params_(precision == Precision::int8 ? rows_ * sizeof(QuantParams) : 0) {
    if (precision == Precision::fp32) return;
    // Only of fp32 are the tokens moved from.
    // NOLINTNEXTLINE(bugprone-use-after-move)
    for_each_slice(rows_, [&](const Range& slice) {
        for (std::size_t row = slice.begin; row < slice.end; ++row)
            set_row(row, std::as_const(tokens).row(row));
    });
}

OperandRows Operand::all() const {
    const bool quantised = precision_ == Precision::int8;
    return {.values = values_.as<std::byte>(),
            .row_bytes = row_bytes_,
            .row_params = quantised ? row_params_.as<QuantParams>() : nullptr,
            .rows = rows_,
            .columns = columns_,
            .precision = precision_};
}

void Operand::set_row(std::size_t row, std::span<const float> x) {
    assert(row < rows_ && x.size() == columns_);
    const kernels::Kernels& table = kernels::kernels();
    std::byte* to = values_.as<std::byte>() + row * row_bytes_;
    switch (format_) {
        case ElementFormat::f32:
            if (precision_ == Precision::fp32) {
                std::ranges::copy(x, reinterpret_cast<float*>(to));
            } else {
                table.round_to_bf16(x.data(), x.size(), reinterpret_cast<float*>(to));
            }
            break;
        case ElementFormat::bf16:
            table.to_bf16(x.data(), x.size(), reinterpret_cast<std::uint16_t*>(to));
            break;
        case ElementFormat::u8:
            row_params_.as<QuantParams>()[row] =
                table.quantise_u8(x.data(), x.size(), reinterpret_cast<std::uint8_t*>(to));
            break;
        case ElementFormat::s16:
            row_params_.as<QuantParams>()[row] =
                table.quantise_s16(x.data(), x.size(), reinterpret_cast<std::int16_t*>(to));
            break;
    }
    const std::size_t used = columns_ * size_of(format_);
    std::fill(to + used, to + row_bytes_, std::byte{0});
}

}  // namespace melvit::nn
