#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

namespace melvit {

/// Memory that starts at a cache line, so that vector loads never straddle two lines.
template <class T>
struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t kAlignment{64};

    CacheLineAllocator() = default;
    template <class U>
    explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}

    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kAlignment)); }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory, kAlignment); }

    template <class U>
    bool operator==(const CacheLineAllocator<U>&) const {
        return true;
    }
};

using AlignedFloats = std::vector<float, CacheLineAllocator<float>>;

/// A table of floats, row after row, that someone else owns and that lives as long as the view is used.
template <class Float>
class BasicMatrixView {
public:
    BasicMatrixView() = default;
    BasicMatrixView(Float* data, std::size_t rows, std::size_t columns)
        : data_(data), rows_(rows), columns_(columns) {}

    /// A whole table: a matrix, or a view that allows more.
    // NOLINTBEGIN(bugprone-forwarding-reference-overload): it takes no view of this type
    template <class Table>
    requires(!std::same_as<std::remove_cvref_t<Table>, BasicMatrixView> &&
             requires(Table & table) {
                 { table.data() } -> std::convertible_to<Float*>;
                 table.columns();
             }) BasicMatrixView(Table&& table)
        : data_(table.data()), rows_(table.rows()), columns_(table.columns()) {}
    // NOLINTEND(bugprone-forwarding-reference-overload)

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t size() const { return rows_ * columns_; }
    bool empty() const { return size() == 0; }

    Float* data() const { return data_; }

    Float& operator()(std::size_t row, std::size_t column) const {
        assert(row < rows_ && column < columns_);
        return data_[row * columns_ + column];
    }
    std::span<Float> row(std::size_t index) const {
        assert(index < rows_);
        return {data_ + index * columns_, columns_};
    }
    std::span<Float> values() const { return {data_, size()}; }

private:
    Float* data_ = nullptr;
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
};

using MatrixView = BasicMatrixView<float>;
using ConstMatrixView = BasicMatrixView<const float>;

/// A table of floats, row after row.
class Matrix {
public:
    Matrix() = default;

    /// All zeros.
    Matrix(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), values_(rows * columns, 0.0F) {}

    /// A copy.
    explicit Matrix(ConstMatrixView other)
        : rows_(other.rows()),
          columns_(other.columns()),
          values_(other.data(), other.data() + other.size()) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t size() const { return values_.size(); }
    bool empty() const { return values_.empty(); }

    float* data() { return values_.data(); }
    const float* data() const { return values_.data(); }

    float& operator()(std::size_t row, std::size_t column) {
        assert(row < rows_ && column < columns_);
        return values_[row * columns_ + column];
    }
    float operator()(std::size_t row, std::size_t column) const {
        assert(row < rows_ && column < columns_);
        return values_[row * columns_ + column];
    }

    std::span<float> row(std::size_t index) {
        assert(index < rows_);
        return {values_.data() + index * columns_, columns_};
    }
    std::span<const float> row(std::size_t index) const {
        assert(index < rows_);
        return {values_.data() + index * columns_, columns_};
    }

    std::span<float> values() { return values_; }
    std::span<const float> values() const { return values_; }

    /// The same values in the same order as other rows; rows * columns stays.
    void reshape(std::size_t rows, std::size_t columns) {
        assert(rows * columns == size());
        rows_ = rows;
        columns_ = columns;
    }

    bool operator==(const Matrix&) const = default;

private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    AlignedFloats values_;
};

}  // namespace melvit
