#include "melvit/nn/workspace.h"

namespace melvit::nn {

Workspace& Workspace::of_this_thread() {
    thread_local Workspace workspace;
    return workspace;
}

Buffer Workspace::acquire(std::size_t bytes) {
    auto best = free_.end();
    for (auto buffer = free_.begin(); buffer != free_.end(); ++buffer) {
        if (buffer->size() >= bytes && (best == free_.end() || buffer->size() < best->size())) best = buffer;
    }
    if (best == free_.end()) {
        ++buffers_made_;
        return Buffer(bytes);
    }
    std::swap(*best, free_.back());
    Buffer buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
}

void Workspace::release(Buffer buffer) {
    free_.push_back(std::move(buffer));
}

}  // namespace melvit::nn
