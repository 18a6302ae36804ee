#pragma once

#include "melvit/core/thread_pool.h"

#include <cstddef>
#include <functional>

namespace melvit {

// How layers, heads and readers of files, whose calls read as their equations, use the pool of the calling thread:
// that of the PoolScope which whoever was handed a Context has made.

/// ThreadPool::for_each
inline void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task) {
    pool_of_this_thread().for_each(count, task);
}

/// ThreadPool::free_threads
inline std::size_t free_threads() {
    return pool_of_this_thread().free_threads();
}

/// ThreadPool::threads
inline std::size_t thread_count() {
    return pool_of_this_thread().threads();
}

}  // namespace melvit
