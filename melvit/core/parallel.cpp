#include "melvit/core/parallel.h"

#include "melvit/core/cores.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace melvit {
namespace {

std::size_t g_thread_count = 0;
thread_local bool t_inside_task = false;

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
}

/// One call of parallel_for.
struct Job {
    std::size_t count = 0;
    const std::function<void(std::size_t)>* task = nullptr;
    std::atomic<std::size_t> next{0};
    std::mutex failure_mutex;
    std::size_t failed_index = std::numeric_limits<std::size_t>::max();
    std::exception_ptr failure;

    void work() {
        t_inside_task = true;
        for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
            try {
                (*task)(i);
            } catch (...) {
                const std::lock_guard lock(failure_mutex);
                if (i < failed_index) {
                    failed_index = i;
                    failure = std::current_exception();
                }
                next.store(count);
            }
        }
        t_inside_task = false;
    }
};

/// Threads that wait for jobs. A job is open while its caller works on it: threads that come meanwhile join
/// in, the caller waits for those alone, and one that comes too late, its core being busy with something
/// else, holds nobody up.
class Pool {
public:
    /// workers  beside the caller; fewer where the system does not start so many threads
    explicit Pool(std::size_t workers) : spins_(workers < usable_cores() ? kSpins : 0) {
        threads_.reserve(workers);
        try {
            for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
        } catch (const std::exception&) {
            // A job does not need them all.
        }
    }

    ~Pool() {
        stopping_.store(true);
        call_workers();
        for (auto& thread : threads_) thread.join();
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void run(Job& job) {
        job_ = &job;
        inside_.store(0);
        call_workers();
        job.work();
        for (auto inside = inside_.fetch_add(kClosed) + kClosed; inside != kClosed; inside = inside_.load())
            spin_then_wait(inside_, inside);
    }

private:
    /// Pauses for which a thread spins before it sleeps, a tenth to a fifth of a millisecond by the
    /// processor: the steps of a head's training follow each other that closely. Not with more threads than
    /// cores, where it would take the time of those that have work.
    static constexpr int kSpins = 4000;
    /// Set in inside_ while no job is open.
    static constexpr std::uint32_t kClosed = 1U << 31;

    void spin_then_wait(std::atomic<std::uint32_t>& value, std::uint32_t old) const {
        for (int i = 0; i < spins_; ++i) {
            if (value.load(std::memory_order_acquire) != old) return;
            pause();
        }
        value.wait(old);
    }

    void call_workers() {
        calls_.fetch_add(1);
        calls_.notify_all();
    }

    void serve() {
        std::uint32_t seen = 0;
        while (true) {
            spin_then_wait(calls_, seen);
            seen = calls_.load();
            if (stopping_.load()) return;
            if (!enter()) continue;
            job_->work();
            if (inside_.fetch_sub(1) == kClosed + 1) inside_.notify_all();
        }
    }

    /// Counts the calling worker, so that the caller cannot take the job away.
    ///
    /// returns  false when none is open
    bool enter() {
        std::uint32_t inside = inside_.load();
        while ((inside & kClosed) == 0) {
            if (inside_.compare_exchange_weak(inside, inside + 1)) return true;
        }
        return false;
    }

    const int spins_;
    std::vector<std::thread> threads_;
    // Of 32 bits, which the kernel can wait for as they are.
    std::atomic<std::uint32_t> calls_{0};         ///< jobs so far, and the end
    std::atomic<std::uint32_t> inside_{kClosed};  ///< workers that look at job_, and kClosed
    std::atomic<bool> stopping_{false};
    Job* job_ = nullptr;
};

std::mutex g_pool_mutex;
std::unique_ptr<Pool> g_pool;
std::size_t g_pool_threads = 0;

}  // namespace

std::size_t thread_count() {
    return g_thread_count != 0 ? g_thread_count : usable_cores();
}

void set_thread_count(std::size_t count) {
    g_thread_count = count;
}

std::size_t free_threads() {
    return t_inside_task ? 1 : thread_count();
}

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task) {
    // One task alone may itself use all threads.
    if (count == 1) return task(0);
    if (t_inside_task) {
        for (std::size_t i = 0; i < count; ++i) task(i);
        return;
    }
    if (count == 0) return;
    Job job;
    job.count = count;
    job.task = &task;
    if (thread_count() == 1) {
        job.work();
    } else {
        const std::lock_guard lock(g_pool_mutex);
        if (g_pool_threads != thread_count()) {
            g_pool.reset();
            g_pool_threads = 0;
            g_pool = std::make_unique<Pool>(thread_count() - 1);
            g_pool_threads = thread_count();
        }
        g_pool->run(job);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace melvit
