#pragma once

#include "melvit/nn/precision_formats.h"
#include "melvit/nn/tokens.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit::nn {

using kernels::QuantParams;

/// Bytes from a row of an operand to the next: filled up to whole words of 32 bits, and where AMX multiplies
/// them, to rows of its tiles.
std::size_t row_bytes_of(std::size_t columns, ElementFormat format);

/// Some rows of an operand, which someone else owns.
struct OperandRows {
    const void* values = nullptr;
    std::size_t row_bytes = 0;                ///< from a row to the next: row_bytes_of, zeros at the end
    const QuantParams* row_params = nullptr;  ///< of int8, for each row
    std::size_t rows = 0;
    std::size_t columns = 0;
    Precision precision = Precision::fp32;

    const void* row(std::size_t index) const {
        assert(index < rows);
        return static_cast<const std::byte*>(values) + index * row_bytes;
    }
    OperandRows slice(const Range& range) const {
        assert(range.begin <= range.end && range.end <= rows);
        OperandRows some = *this;
        some.values = static_cast<const std::byte*>(values) + range.begin * row_bytes;
        if (row_params != nullptr) some.row_params += range.begin;
        some.rows = range.size();
        return some;
    }
    /// A row in fp32; an operand of another precision has none.
    std::span<const float> fp32(std::size_t index) const {
        assert(precision == Precision::fp32);
        return {static_cast<const float*>(row(index)), columns};
    }
    /// What one number became in int8, and how it is to be read.
    std::int32_t quantised(std::size_t index, std::size_t column) const;
    const QuantParams& params(std::size_t index) const {
        assert(precision == Precision::int8 && index < rows);
        return row_params[index];
    }
};

/// Tokens as the products of a precision read them.
///
/// In int8 each row has its own range, from its least number (or 0) to its largest: a row then depends on its
/// input alone, and nothing has to be calibrated.
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
    ElementFormat format_;  // of the precision
    std::size_t row_bytes_;
    ScratchBuffer values_;
    ScratchBuffer row_params_;  // of int8
};

}  // namespace melvit::nn
