#pragma once

#include "melvit/core/export.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

namespace melvit {

/// Threads that help whoever has many like tasks to do. Any number of callers may use one pool at the same
/// time, each on a thread of its own: a caller does its own tasks, and the pool's threads help whichever of
/// the callers have tasks left. So no caller waits for another.
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

    /// How many threads a `for_each` of the calling code may use: 1 inside a task, which has its own thread
    /// alone, else `threads()`.
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
    class Workers;
    Workers& workers();

    std::size_t threads_;
    std::once_flag started_;
    std::unique_ptr<Workers> workers_;
};

/// The pool of those who bring none: usable_cores() threads, for the process's life.
MELVIT_API ThreadPool& default_pool();

}  // namespace melvit
