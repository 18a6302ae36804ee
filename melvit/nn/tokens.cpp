#include "melvit/nn/tokens.h"

#include <algorithm>
#include <utility>

namespace melvit::nn {

AlignedFloats Workspace::lend(std::size_t size) {
    auto best = free_.end();
    for (auto buffer = free_.begin(); buffer != free_.end(); ++buffer) {
        if (buffer->size() >= size && (best == free_.end() || buffer->size() < best->size())) best = buffer;
    }
    if (best == free_.end()) {
        ++buffers_made_;
        free_.reserve(buffers_made_);  // so that taking one back never allocates
        return AlignedFloats(size);
    }
    std::swap(*best, free_.back());
    AlignedFloats buffer = std::move(free_.back());
    free_.pop_back();
    return buffer;
}

void Workspace::take_back(AlignedFloats buffer) {
    free_.push_back(std::move(buffer));
}

Tokens::Tokens(Tokens&& other) noexcept
    : workspace_(std::exchange(other.workspace_, nullptr)),
      rows_(other.rows_),
      columns_(other.columns_),
      values_(std::move(other.values_)) {}

}  // namespace melvit::nn
