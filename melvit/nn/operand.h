#pragma once

#include "melvit/nn/bf16.h"
#include "melvit/nn/precision.h"
#include "melvit/nn/tokens.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit::nn {

/// What the products of a precision multiply on this processor.
enum class Numbers {
    floats,
    bf16,    ///< 16 bits each; where the processor has no fast products of them, rounded floats
    codes8,  ///< codes of 8 bits
    codes16  ///< the same codes in 16 bits each, where the processor has no VNNI
};

Numbers numbers_of(Precision precision);

/// Bytes of a row of a matrix unit's register.
inline constexpr std::size_t kMatrixUnitRowBytes = 64;

/// Bytes from a row of an operand to the next: filled up to whole groups of 32 bits, and where a matrix unit
/// multiplies them, to a row of its registers.
std::size_t row_bytes_of(std::size_t columns, Numbers numbers);

/// How the 8-bit codes of a row are to be read: x = scale (code - zero).
struct RowCode {
    float scale = 1.0F;
    std::int32_t zero = 0;  ///< 0 ... 255
};

/// Some rows of an operand, which someone else owns.
struct OperandRows {
    const void* values = nullptr;
    std::size_t row_bytes = 0;           ///< from a row to the next: row_bytes_of, zeros at the end
    const RowCode* row_codes = nullptr;  ///< of int8, for each row
    std::size_t rows = 0;
    std::size_t columns = 0;
    Precision precision = Precision::fp32;

    const void* row(std::size_t index) const {
        assert(index < rows);
        return static_cast<const std::byte*>(values) + index * row_bytes;
    }
    /// A row in fp32; an operand of another precision has none.
    std::span<const float> fp32(std::size_t index) const {
        assert(precision == Precision::fp32);
        return {static_cast<const float*>(row(index)), columns};
    }
    /// What one number became, and how it is to be read, in int8.
    std::int32_t code(std::size_t index, std::size_t column) const;
    const RowCode& row_code(std::size_t index) const {
        assert(precision == Precision::int8 && index < rows);
        return row_codes[index];
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
    Numbers numbers_;  // of the precision
    std::size_t row_bytes_;
    Loan values_;
    Loan row_codes_;  // of int8
};

}  // namespace melvit::nn
