#include "melvit/nn/workspace.h"

#include <cassert>
#include <utility>

namespace melvit::nn {

Workspace& Workspace::of_this_thread() {
    thread_local Workspace workspace;
    return workspace;
}

Buffer Workspace::lend(std::size_t bytes) {
    auto best = free_.end();
    for (auto buffer = free_.begin(); buffer != free_.end(); ++buffer) {
        if (buffer->size() >= bytes && (best == free_.end() || buffer->size() < best->size())) best = buffer;
    }
    if (best == free_.end()) {
        ++buffers_made_;
        free_.reserve(buffers_made_);  // so that taking one back never allocates
        return Buffer(bytes);
    }
    std::swap(*best, free_.back());
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
}

void Workspace::take_back(Buffer buffer) {
    assert(this == &of_this_thread());
    free_.push_back(std::move(buffer));
}

Loan::Loan(Loan&& other) noexcept
    : workspace_(std::exchange(other.workspace_, nullptr)), buffer_(std::move(other.buffer_)) {}

}  // namespace melvit::nn
