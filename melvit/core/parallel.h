#pragma once

#include "melvit/core/export.h"

#include <cstddef>
#include <functional>

namespace melvit {

/// How many threads `parallel_for` uses: usable_cores() unless `set_thread_count` said otherwise.
MELVIT_API std::size_t thread_count();

/// count  1 or more; 0 means usable_cores(). Not while a `parallel_for` runs.
MELVIT_API void set_thread_count(std::size_t count);

/// How many threads a parallel_for of the calling code would use: 1 inside a task, which has its own thread
/// alone.
MELVIT_API std::size_t free_threads();

/// Runs task(0) ... task(count - 1), in any order, on up to `thread_count()` threads, fewer where the others
/// are busy or the system does not start them, and returns when all have ended. Results must not depend on
/// which thread runs which index; then they do not depend on the number of threads either. Called from inside
/// a task it runs its own tasks on the calling thread; a single task runs on the calling thread too, and may
/// call parallel_for in turn.
///
/// throws  the exception of the lowest index that threw; tasks not yet started are then left out
MELVIT_API void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task);

}  // namespace melvit
