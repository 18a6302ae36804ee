#pragma once

#include "melvit/core/export.h"
#include "melvit/core/thread_pool.h"

#include <cstddef>
#include <functional>

namespace melvit {

/// Makes a pool that of the calling thread, until the scope ends: `parallel_for` below runs on it. A pool's own
/// threads have theirs.
class PoolScope {
public:
    explicit PoolScope(ThreadPool& pool);
    ~PoolScope();
    PoolScope(const PoolScope&) = delete;
    PoolScope& operator=(const PoolScope&) = delete;

private:
    ThreadPool* outer_;
};

/// The pool of the calling thread: that of the innermost PoolScope, else one of `thread_count()` threads that
/// the whole process shares.
ThreadPool& pool_of_this_thread();

/// How many threads `parallel_for` uses: usable_cores() unless `set_thread_count` or a PoolScope said otherwise.
MELVIT_API std::size_t thread_count();

/// count  1 or more; 0 means usable_cores(). Not while a `parallel_for` runs.
MELVIT_API void set_thread_count(std::size_t count);

/// How many threads a parallel_for of the calling code would use: 1 inside a task, which has its own thread
/// alone.
MELVIT_API std::size_t free_threads();

/// ThreadPool::for_each on the pool of the calling thread.
MELVIT_API void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace melvit
