#pragma once

#include "melvit/core/export.h"
#include "melvit/core/thread_pool.h"

#include <cstddef>
#include <functional>

namespace melvit {

/// How many threads `parallel_for` uses: usable_cores() unless `set_thread_count` or a PoolScope said otherwise.
MELVIT_API std::size_t thread_count();

/// count  1 or more; 0 means usable_cores(). Not while a `parallel_for` runs.
MELVIT_API void set_thread_count(std::size_t count);

/// ThreadPool::free_threads of the pool of the calling thread.
MELVIT_API std::size_t free_threads();

/// ThreadPool::for_each on the pool of the calling thread.
MELVIT_API void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace melvit
