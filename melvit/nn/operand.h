#pragma once

#include "melvit/nn/precision.h"
#include "melvit/nn/tokens.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit::nn {

/// x rounded to bf16, ties to even: the upper half of its bits. A NaN stays one.
std::uint16_t to_bf16(float x);
float from_bf16(std::uint16_t bits);
float rounded_to_bf16(float x);

/// How the numbers of a precision lie in memory here: those of bf16 as floats where the processor has no fast
/// products of it.
Precision stored_as(Precision precision);

/// How the 8-bit codes of a row are to be read: x = scale (code - zero).
struct RowCode {
    float scale = 1.0F;
    std::int32_t zero = 0;  ///< 0 ... 255
};

/// Some rows of an operand, which someone else owns.
struct OperandRows {
    const void* values = nullptr;
    const RowCode* row_codes = nullptr;  ///< of int8, for each row
    std::size_t rows = 0;
    std::size_t columns = 0;
    Precision precision = Precision::fp32;

    /// One row in its precision; of another precision it has none.
    std::span<const float> fp32(std::size_t row) const { return numbers<float, Precision::fp32>(row); }
    std::span<const std::uint8_t> codes(std::size_t row) const {
        return numbers<std::uint8_t, Precision::int8>(row);
    }
    const RowCode& row_code(std::size_t row) const {
        assert(precision == Precision::int8 && row < rows);
        return row_codes[row];
    }

private:
    template <class T, Precision kIn>
    std::span<const T> numbers(std::size_t row) const {
        assert(precision == kIn && row < rows);
        return {static_cast<const T*>(values) + row * columns, columns};
    }
};

/// Tokens as the products of a precision read them.
///
/// In int8 each row has its own range, from its least number (or 0) to its largest: a row then depends on its
/// image alone, and nothing has to be calibrated.
class Operand {
public:
    /// Of any content, to be filled by set_row.
    Operand(std::size_t rows, std::size_t columns, Precision precision);

    /// The same numbers; in fp32 the same memory.
    Operand(Tokens tokens, Precision precision);

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    Precision precision() const { return precision_; }

    /// x  [columns]; a row with a NaN or an infinity gives products that are NaN
    void set_row(std::size_t row, std::span<const float> x);

    OperandRows all() const;
    operator OperandRows() const { return all(); }

private:
    std::size_t rows_;
    std::size_t columns_;
    Precision precision_;
    Loan values_;
    Loan row_codes_;  // of int8
};

}  // namespace melvit::nn
