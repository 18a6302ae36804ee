#pragma once

#include "melvit/core/export.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace melvit {

/// Threads that help whoever has many like tasks to do. Any number of callers may use one pool at the same
/// time, each on a thread of its own: a caller does its own tasks, and the pool's threads help whichever of
/// the callers have tasks left, as many as there are beside the callers. So no caller waits for another, and as
/// many callers as threads work each on its own.
class MELVIT_API ThreadPool {
public:
    /// Starts no thread: those beside the caller's start with the first job that they can help with.
    ///
    /// threads  how many work on one caller's tasks, the caller's own included; 0 means usable_cores()
    explicit ThreadPool(std::size_t threads = 0);

    /// Not while a job runs.
    ~ThreadPool();

    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t threads() const { return threads_; }

    /// How many threads a `for_each` of the calling code may use: its share of `threads()` among those threads
    /// that have a PoolScope of this pool; 1 inside a task, which has its own thread alone.
    std::size_t free_threads() const;

    /// Runs task(0) ... task(count - 1), in any order, on the calling thread and up to `threads()` - 1 others,
    /// fewer where they are busy or the system does not start them, and returns when all have ended. Results
    /// must not depend on which thread runs which index; then they do not depend on the number of threads
    /// either. Called from inside a task, of this pool or another, it runs its own tasks on the calling
    /// thread; a single task runs on the calling thread too, and may call for_each in turn.
    ///
    /// throws  the exception of the lowest index that threw; tasks not yet started are then left out
    void for_each(std::size_t count, const std::function<void(std::size_t)>& task);

private:
    friend class PoolScope;
    class Workers;
    Workers& workers();

    std::size_t threads_;
    std::atomic<std::size_t> callers_{0};  ///< threads that have a PoolScope
    std::once_flag started_;
    std::unique_ptr<Workers> workers_;
};

/// The pool of those who bring none: usable_cores() threads, for the process's life.
MELVIT_API ThreadPool& default_pool();

/// Makes a pool that of the calling thread until the scope ends: what does not take a Context works on it. What
/// takes one has a scope of its own.
class MELVIT_API PoolScope {
public:
    explicit PoolScope(ThreadPool& pool);
    ~PoolScope();
    PoolScope(const PoolScope&) = delete;
    PoolScope& operator=(const PoolScope&) = delete;

private:
    ThreadPool* outer_;
    bool is_caller_;  ///< of whom the pool did not know yet
};

/// The pool of the innermost PoolScope, in a task that of the task; else default_pool().
MELVIT_API ThreadPool& pool_of_this_thread();

}  // namespace melvit
