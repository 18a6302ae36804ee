#pragma once

#include "melvit/core/range.h"
#include "melvit/nn/workspace.h"

#include <cassert>
#include <cstddef>
#include <span>
#include <utility>

namespace melvit::nn {

/// Rows of floats that someone else owns.
struct Rows {
    float* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = columns;  ///< from a row to the next

    std::span<float> row(std::size_t index) const {
        assert(index < rows);
        return {data + index * stride, columns};
    }
    Rows slice(const Range& range) const {
        assert(range.begin <= range.end && range.end <= rows);
        return {data + range.begin * stride, range.size(), columns, stride};
    }
    Rows columns_from(const Range& range) const {
        assert(range.begin <= range.end && range.end <= columns);
        return {data + range.begin, rows, range.size(), stride};
    }
};

/// A table [rows x columns] in the workspace of the thread that made it: what goes from one layer of a
/// network to the next.
class Tokens {
public:
    /// Of any content.
    Tokens(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), values_(rows * columns * sizeof(float)) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }

    float* data() { return values_.as<float>(); }
    const float* data() const { return values_.as<float>(); }

    std::span<float> row(std::size_t index) {
        assert(index < rows_);
        return {data() + index * columns_, columns_};
    }
    std::span<const float> row(std::size_t index) const {
        assert(index < rows_);
        return {data() + index * columns_, columns_};
    }

    operator Rows() { return {data(), rows_, columns_}; }
    Rows slice(const Range& range) { return Rows(*this).slice(range); }

    /// Forgets all rows but the first `count`.
    void keep(std::size_t count) {
        assert(count <= rows_);
        rows_ = count;
    }

    /// Its memory, for someone who goes on with the same numbers.
    ScratchBuffer memory() && { return std::move(values_); }

private:
    std::size_t rows_;
    std::size_t columns_;
    ScratchBuffer values_;  // at least rows x columns
};

}  // namespace melvit::nn
