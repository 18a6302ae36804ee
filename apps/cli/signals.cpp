#include "signals.h"

#include "melvit/core/error.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <semaphore.h>
#include <system_error>

namespace melvit::cli {
namespace {

std::atomic<int> g_first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler sets it");

/// Posted at a signal and at the end of StopOnSignals. A handler may post a semaphore, and not much else
/// (signal-safety(7)): a stop source takes a lock.
sem_t g_news;

void on_signal(int signal) {
    const int kept = errno;
    int none = 0;
    g_first_signal.compare_exchange_strong(none, signal);
    ::sem_post(&g_news);
    std::signal(signal, SIG_DFL);
    errno = kept;
}

}  // namespace

StopOnSignals::StopOnSignals() {
    ::sem_init(&g_news, 0, 0);
    try {
        watcher_ = std::thread([source = source_]() mutable {
            while (::sem_wait(&g_news) != 0) {
            }
            if (first_signal() != 0) source.request_stop();
        });
    } catch (const std::system_error&) {
        return;  // the system gives no thread: the first signal ends the program then
    }
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    // nohup has it ignored.
    if (std::signal(SIGHUP, on_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

StopOnSignals::~StopOnSignals() {
    if (!watcher_.joinable()) return;
    ::sem_post(&g_news);
    watcher_.join();
}

int first_signal() noexcept {
    return g_first_signal.load();
}

void throw_if_signalled() {
    if (first_signal() != 0) throw Stopped();
}

}  // namespace melvit::cli
