#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <vector>

namespace melvit::nn {

using Buffer = std::vector<std::byte, CacheLineAllocator<std::byte>>;

/// The memory in which one thread computes: buffers that are lent, come back and are lent again, so that
/// after the first image nothing is allocated.
class Workspace {
public:
    static Workspace& of_this_thread();

    /// A buffer of at least `bytes`, of any content: the smallest that is free, else a new one.
    Buffer lend(std::size_t bytes);

    /// By the workspace's own thread.
    void take_back(Buffer buffer);

    /// How many buffers it had to make so far.
    std::size_t buffers_made() const { return buffers_made_; }

private:
    std::vector<Buffer> free_;
    std::size_t buffers_made_ = 0;
};

/// Memory of this thread's workspace, given back at the end of its life, on the same thread.
class Loan {
public:
    explicit Loan(std::size_t bytes)
        : workspace_(&Workspace::of_this_thread()), buffer_(workspace_->lend(bytes)) {}
    ~Loan() {
        if (workspace_ != nullptr) workspace_->take_back(std::move(buffer_));
    }
    Loan(Loan&& other) noexcept;
    Loan& operator=(Loan&&) = delete;

    /// The memory as numbers of one type, the same type throughout its life.
    template <class T>
    T* as() {
        return reinterpret_cast<T*>(buffer_.data());
    }
    template <class T>
    const T* as() const {
        return reinterpret_cast<const T*>(buffer_.data());
    }

private:
    Workspace* workspace_;
    Buffer buffer_;
};

}  // namespace melvit::nn
