#pragma once

#include "melvit/core/error.h"
#include "melvit/core/progress.h"
#include "melvit/core/thread_pool.h"

#include <cstddef>
#include <stop_token>
#include <string_view>

namespace melvit {

/// What whoever calls hands to work that takes long: who helps, who may end it, who watches. The default helps
/// with all cores, is never stopped and tells nobody.
///
///     std::stop_source cancel;
///     classifier.classify(song, {.stop = cancel.get_token()});
struct Context {
    ThreadPool& pool = default_pool();  ///< outlives the call; any number of calls may share it
    std::stop_token stop{};             ///< ends calls that were given it, and no others
    ProgressCallback progress{};        ///< may be empty; called by one thread at a time, not always the same

    /// Long loops call it between items, so that everything finished before stays on disk.
    ///
    /// throws  Stopped when a stop was requested
    void throw_if_stopped() const {
        if (stop.stop_requested()) throw Stopped();
    }

    /// Tells `progress`, where there is one.
    void report(std::string_view what, std::size_t done, std::size_t total) const {
        if (progress) progress(what, done, total);
    }
};

}  // namespace melvit
