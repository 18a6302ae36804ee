#include "melvit/nn/operand.h"

#include "melvit/core/rounding.h"
#include "melvit/nn/lanes.h"
#include "melvit/nn/processor.h"
#include "melvit/nn/slices.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace melvit::nn {
namespace {

constexpr float kLargestCode = 255.0F;

std::size_t size_of(Numbers numbers) {
    switch (numbers) {
        case Numbers::floats:
            return sizeof(float);
        case Numbers::codes8:
            return sizeof(std::uint8_t);
        default:
            return sizeof(std::uint16_t);
    }
}

/// The range of a row, 0 in it.
struct Extremes {
    float least = 0.0F;
    float largest = 0.0F;
    bool finite = true;
};

Extremes extremes_of(std::span<const float> x) {
    constexpr std::size_t kSide = 2;  // registers side by side, because a comparison takes some cycles
    std::array<Vector, kSide> least{};
    std::array<Vector, kSide> largest{};
    std::array<Vector, kSide> zeros{};  // NaN where a number is not finite: comparisons pass over a NaN
    const auto take = [&](std::size_t s, Vector value) {
        least[s] = smaller_of(value, least[s]);
        largest[s] = larger_of(value, largest[s]);
        zeros[s] += value * 0.0F;
    };
    std::size_t i = 0;
    for (; i + kSide * kLanes <= x.size(); i += kSide * kLanes) {
        for (std::size_t s = 0; s < kSide; ++s) take(s, load(x.data() + i + s * kLanes));
    }
    for (; i < x.size(); i += kLanes) {
        std::array<float, kLanes> rest{};
        std::copy_n(x.data() + i, std::min(kLanes, x.size() - i), rest.data());
        take(0, load(rest.data()));
    }
    for (std::size_t s = 1; s < kSide; ++s) {
        least[0] = smaller_of(least[s], least[0]);
        largest[0] = larger_of(largest[s], largest[0]);
        zeros[0] += zeros[s];
    }
    return {joined_lanes(least[0], smaller_of), joined_lanes(largest[0], larger_of),
            joined_lanes(zeros[0], std::plus<>()) == 0.0F};
}

template <class Code>
RowCode encode(std::span<const float> x, Code* codes) {
    const Extremes extremes = extremes_of(x);
    const float range = extremes.largest - extremes.least;
    if (!extremes.finite || !std::isfinite(range)) {
        std::fill_n(codes, x.size(), Code{0});
        return {std::numeric_limits<float>::quiet_NaN(), 1};
    }
    // A range below this one would make 1 / scale infinite; such a row is as good as all zeros.
    const float scale = std::max(range / kLargestCode, std::numeric_limits<float>::min());
    const float inverse = 1.0F / scale;
    const float zero = std::nearbyint(-extremes.least * inverse);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float code = x[i] * inverse + (zero + 0.5F);
        codes[i] = static_cast<Code>(static_cast<std::int32_t>(std::min(code, kLargestCode)));
    }
    return {scale, static_cast<std::int32_t>(zero)};
}

}  // namespace

Numbers numbers_of(Precision precision) {
    const Processor& processor = this_processor();
    switch (precision) {
        case Precision::bf16:
            return processor.bf16_products ? Numbers::bf16 : Numbers::floats;
        case Precision::int8:
            return processor.int8_products ? Numbers::codes8 : Numbers::codes16;
        default:
            return Numbers::floats;
    }
}

std::size_t row_bytes_of(std::size_t columns, Numbers numbers) {
    constexpr std::size_t kGroupBytes = 4;
    const bool for_unit =
        this_processor().matrix_unit && (numbers == Numbers::bf16 || numbers == Numbers::codes8);
    const std::size_t whole = for_unit ? kMatrixUnitRowBytes : kGroupBytes;
    return divided_up(columns * size_of(numbers), whole) * whole;
}

std::int32_t OperandRows::code(std::size_t index, std::size_t column) const {
    assert(column < columns);
    const void* codes = row(index);
    return numbers_of(precision) == Numbers::codes8
               ? std::int32_t{static_cast<const std::uint8_t*>(codes)[column]}
               : std::int32_t{static_cast<const std::int16_t*>(codes)[column]};
}

Operand::Operand(std::size_t rows, std::size_t columns, Precision precision)
    : rows_(rows),
      columns_(columns),
      precision_(precision),
      numbers_(numbers_of(precision)),
      row_bytes_(row_bytes_of(columns, numbers_)),
      values_(rows * row_bytes_),
      row_codes_(precision == Precision::int8 ? rows * sizeof(RowCode) : 0) {}

Operand::Operand(Tokens tokens, Precision precision)
    : rows_(tokens.rows()),
      columns_(tokens.columns()),
      precision_(precision),
      numbers_(numbers_of(precision)),
      row_bytes_(row_bytes_of(columns_, numbers_)),
      values_(precision == Precision::fp32 ? std::move(tokens).memory() : Loan(rows_ * row_bytes_)),
      row_codes_(precision == Precision::int8 ? rows_ * sizeof(RowCode) : 0) {
    if (precision == Precision::fp32) return;
    // Only of fp32 are the tokens moved from.
    // NOLINTNEXTLINE(bugprone-use-after-move)
    for_each_slice(rows_, [&](const Range& slice) {
        for (std::size_t row = slice.begin; row < slice.end; ++row)
            set_row(row, std::as_const(tokens).row(row));
    });
}

OperandRows Operand::all() const {
    const bool coded = precision_ == Precision::int8;
    return {.values = values_.as<std::byte>(),
            .row_bytes = row_bytes_,
            .row_codes = coded ? row_codes_.as<RowCode>() : nullptr,
            .rows = rows_,
            .columns = columns_,
            .precision = precision_};
}

void Operand::set_row(std::size_t row, std::span<const float> x) {
    assert(row < rows_ && x.size() == columns_);
    std::byte* to = values_.as<std::byte>() + row * row_bytes_;
    switch (numbers_) {
        case Numbers::floats:
            if (precision_ == Precision::fp32) {
                std::ranges::copy(x, reinterpret_cast<float*>(to));
            } else {
                std::ranges::transform(x, reinterpret_cast<float*>(to), rounded_to_bf16);
            }
            break;
        case Numbers::bf16:
            std::ranges::transform(x, reinterpret_cast<std::uint16_t*>(to), to_bf16);
            break;
        case Numbers::codes8:
            row_codes_.as<RowCode>()[row] = encode(x, reinterpret_cast<std::uint8_t*>(to));
            break;
        case Numbers::codes16:
            row_codes_.as<RowCode>()[row] = encode(x, reinterpret_cast<std::int16_t*>(to));
            break;
    }
    const std::size_t used = columns_ * size_of(numbers_);
    std::fill(to + used, to + row_bytes_, std::byte{0});
}

}  // namespace melvit::nn
