#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace melvit::nn {

using Buffer = std::vector<std::byte, CacheLineAllocator<std::byte>>;

/// The memory in which one thread computes: buffers that are acquired, released and acquired again, so that
/// after the first input nothing is allocated.
class Workspace {
public:
    static Workspace& of_this_thread();

    /// A buffer of at least `bytes`, of any content: the smallest that is free, else a new one.
    Buffer acquire(std::size_t bytes);

    void release(Buffer buffer);

    /// How many buffers it had to make so far.
    std::size_t buffers_made() const { return buffers_made_; }

private:
    std::vector<Buffer> free_;
    std::size_t buffers_made_ = 0;
};

/// Memory of a workspace, released at the end of its life: to the workspace of the thread that it ends on.
class ScratchBuffer {
public:
    explicit ScratchBuffer(std::size_t bytes) : buffer_(Workspace::of_this_thread().acquire(bytes)) {}
    ~ScratchBuffer() {
        if (is_owner_) Workspace::of_this_thread().release(std::move(buffer_));
    }
    ScratchBuffer(ScratchBuffer&& other) noexcept
        : is_owner_(std::exchange(other.is_owner_, false)), buffer_(std::move(other.buffer_)) {}
    ScratchBuffer& operator=(ScratchBuffer&&) = delete;

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
    bool is_owner_ = true;
    Buffer buffer_;
};

}  // namespace melvit::nn
