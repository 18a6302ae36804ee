#include "melvit/nn/operand.h"

#include "melvit/nn/processor.h"
#include "melvit/nn/slices.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace melvit::nn {
namespace {

constexpr float kLargestCode = 255.0F;

std::size_t bytes_of(Precision precision) {
    switch (stored_as(precision)) {
        case Precision::bf16:
            return sizeof(std::uint16_t);
        case Precision::int8:
            return sizeof(std::uint8_t);
        default:
            return sizeof(float);
    }
}

/// The range of a row, 0 in it.
struct Extremes {
    float least = 0.0F;
    float largest = 0.0F;
    bool finite = true;
};

/// One number of all lanes: a tree, because the steps of a chain wait for each other.
template <class Join>
float joined_lanes(Vector x, const Join& join) {
    std::array<float, kLanes> lanes;
    store(x, lanes.data());
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
        for (std::size_t i = 0; i < half; ++i) lanes[i] = join(lanes[i], lanes[i + half]);
    }
    return lanes[0];
}

Extremes extremes_of(std::span<const float> x) {
    constexpr std::size_t kSide = 2;  // registers side by side, because a comparison takes some cycles
    std::array<Vector, kSide> least{};
    std::array<Vector, kSide> largest{};
    std::array<Vector, kSide> zeros{};  // NaN where a number is not finite: comparisons pass over a NaN
    const auto take = [&](std::size_t s, Vector value) {
        least[s] = value < least[s] ? value : least[s];
        largest[s] = value > largest[s] ? value : largest[s];
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
        least[0] = least[s] < least[0] ? least[s] : least[0];
        largest[0] = largest[s] > largest[0] ? largest[s] : largest[0];
        zeros[0] += zeros[s];
    }
    return {joined_lanes(least[0], [](float a, float b) { return std::min(a, b); }),
            joined_lanes(largest[0], [](float a, float b) { return std::max(a, b); }),
            joined_lanes(zeros[0], std::plus<float>()) == 0.0F};
}

RowCode encode(std::span<const float> x, std::uint8_t* codes) {
    const Extremes extremes = extremes_of(x);
    const float range = extremes.largest - extremes.least;
    if (!extremes.finite || !std::isfinite(range)) {
        std::fill_n(codes, x.size(), std::uint8_t{0});
        return {std::numeric_limits<float>::quiet_NaN(), 1};
    }
    // A range below this one would make 1 / scale infinite; such a row is as good as all zeros.
    const float scale = std::max(range / kLargestCode, std::numeric_limits<float>::min());
    const float inverse = 1.0F / scale;
    const float zero = std::nearbyint(-extremes.least * inverse);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float code = x[i] * inverse + (zero + 0.5F);
        codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(std::min(code, kLargestCode)));
    }
    return {scale, static_cast<std::int32_t>(zero)};
}

}  // namespace

std::uint16_t to_bf16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    return static_cast<std::uint16_t>(x == x ? rounded : 0x7FC0U);
}

float from_bf16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

float rounded_to_bf16(float x) {
    return from_bf16(to_bf16(x));
}

Precision stored_as(Precision precision) {
    const bool as_floats = precision == Precision::bf16 && !this_processor().bf16_products;
    return as_floats ? Precision::fp32 : precision;
}

Operand::Operand(std::size_t rows, std::size_t columns, Precision precision)
    : rows_(rows),
      columns_(columns),
      precision_(precision),
      values_(rows * columns * bytes_of(precision)),
      row_codes_(precision == Precision::int8 ? rows * sizeof(RowCode) : 0) {}

Operand::Operand(Tokens tokens, Precision precision)
    : rows_(tokens.rows()),
      columns_(tokens.columns()),
      precision_(precision),
      values_(precision == Precision::fp32 ? std::move(tokens).memory()
                                           : Loan(tokens.rows() * tokens.columns() * bytes_of(precision))),
      row_codes_(precision == Precision::int8 ? rows_ * sizeof(RowCode) : 0) {
    if (precision == Precision::fp32) return;
    for_each_slice(rows_, [&](const Range& slice) {
        for (std::size_t row = slice.begin; row < slice.end; ++row)
            set_row(row, std::as_const(tokens).row(row));
    });
}

OperandRows Operand::all() const {
    const bool coded = precision_ == Precision::int8;
    return {values_.as<std::byte>(), coded ? row_codes_.as<RowCode>() : nullptr, rows_, columns_, precision_};
}

void Operand::set_row(std::size_t row, std::span<const float> x) {
    assert(row < rows_ && x.size() == columns_);
    const std::size_t begin = row * columns_;
    switch (precision_) {
        case Precision::fp32:
            std::ranges::copy(x, values_.as<float>() + begin);
            return;
        case Precision::bf16:
            if (stored_as(precision_) == Precision::bf16) {
                std::ranges::transform(x, values_.as<std::uint16_t>() + begin, to_bf16);
            } else {
                std::ranges::transform(x, values_.as<float>() + begin, rounded_to_bf16);
            }
            return;
        case Precision::int8:
            row_codes_.as<RowCode>()[row] = encode(x, values_.as<std::uint8_t>() + begin);
            return;
    }
}

}  // namespace melvit::nn
