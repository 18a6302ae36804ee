#pragma once

#include "melvit/core/export.h"

namespace melvit {

/// Asks every long loop of the library to end at its next item. Safe to call from a signal handler.
MELVIT_API void request_stop() noexcept;

/// True once `request_stop` was called.
MELVIT_API bool stop_requested() noexcept;

/// throws  Stopped when a stop was requested. Long loops call it between items, so that everything
///         finished before stays on disk.
MELVIT_API void throw_if_stopped();

}  // namespace melvit
