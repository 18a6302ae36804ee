#pragma once

#include "melvit/core/matrix.h"

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace melvit::nn {

/// The memory in which one thread computes: buffers that are lent, come back and are lent again, so that after the
/// first image nothing is allocated.
class Workspace {
public:
    /// A buffer of at least `size` floats, of any content: the smallest that is free, else a new one.
    AlignedFloats lend(std::size_t size);
    void take_back(AlignedFloats buffer);

    /// How many buffers it had to make so far.
    std::size_t buffers_made() const { return buffers_made_; }

private:
    std::vector<AlignedFloats> free_;
    std::size_t buffers_made_ = 0;
};

/// Rows of floats that someone else owns.
struct Rows {
    float* data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
};

/// A table [rows x columns] in a workspace's memory, given back at the end of its life: what goes from one layer of a
/// network to the next. It belongs to the thread of its workspace.
class Tokens {
public:
    /// Of any content.
    Tokens(Workspace& workspace, std::size_t rows, std::size_t columns)
        : workspace_(&workspace), rows_(rows), columns_(columns), values_(workspace.lend(rows * columns)) {}
    ~Tokens() {
        if (workspace_ != nullptr) workspace_->take_back(std::move(values_));
    }
    Tokens(Tokens&& other) noexcept;
    Tokens& operator=(Tokens&&) = delete;

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    Workspace& workspace() const { return *workspace_; }

    float* data() { return values_.data(); }
    const float* data() const { return values_.data(); }

    std::span<float> row(std::size_t index) {
        assert(index < rows_);
        return {values_.data() + index * columns_, columns_};
    }
    std::span<const float> row(std::size_t index) const {
        assert(index < rows_);
        return {values_.data() + index * columns_, columns_};
    }

    /// The rows from `begin` to the end.
    Rows from(std::size_t begin) {
        assert(begin <= rows_);
        return {values_.data() + begin * columns_, rows_ - begin, columns_};
    }
    operator Rows() { return from(0); }

    /// Forgets all rows but the first `count`.
    void keep(std::size_t count) {
        assert(count <= rows_);
        rows_ = count;
    }

private:
    Workspace* workspace_;
    std::size_t rows_;
    std::size_t columns_;
    AlignedFloats values_;  // at least rows x columns
};

}  // namespace melvit::nn
