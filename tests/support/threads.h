#pragma once

#include "melvit/core/thread_pool.h"

#include <cstddef>

namespace melvit::test {

/// So many threads for what the calling thread does while it lives.
class Threads {
public:
    explicit Threads(std::size_t count) : pool_(count) {}

private:
    ThreadPool pool_;
    PoolScope scope_{pool_};
};

}  // namespace melvit::test
