#include "melvit/core/stop.h"

#include "melvit/core/error.h"

#include <atomic>

namespace melvit {
namespace {
std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");
}  // namespace

void request_stop() noexcept {
    g_stop.store(true, std::memory_order_relaxed);
}

bool stop_requested() noexcept {
    return g_stop.load(std::memory_order_relaxed);
}

void throw_if_stopped() {
    if (stop_requested()) throw Stopped();
}

}  // namespace melvit
