#include "melvit/core/parallel.h"

#include <atomic>
#include <condition_variable>
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

/// Threads that wait for jobs. A worker spins for some microseconds before it sleeps: the steps of a head's
/// training follow each other that closely.
class Pool {
public:
    explicit Pool(std::size_t workers) {
        for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { serve(); });
    }

    ~Pool() {
        stopping_.store(true);
        generation_.fetch_add(1);
        generation_.notify_all();
        for (auto& thread : threads_) thread.join();
    }

    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void run(Job& job) {
        job_ = &job;
        busy_.store(threads_.size());
        generation_.fetch_add(1);
        generation_.notify_all();
        job.work();
        for (std::size_t busy = busy_.load(); busy != 0; busy = busy_.load()) spin_then_wait(busy_, busy);
    }

private:
    template <class T>
    static void spin_then_wait(std::atomic<T>& value, T old) {
        constexpr int kSpins = 4000;
        for (int i = 0; i < kSpins; ++i) {
            if (value.load(std::memory_order_acquire) != old) return;
            pause();
        }
        value.wait(old);
    }

    void serve() {
        std::uint32_t seen = 0;
        while (true) {
            spin_then_wait(generation_, seen);
            const std::uint32_t now = generation_.load();
            if (now == seen) continue;
            seen = now;
            if (stopping_.load()) return;
            job_->work();
            if (busy_.fetch_sub(1) == 1) busy_.notify_all();
        }
    }

    std::vector<std::thread> threads_;
    std::atomic<std::uint32_t> generation_{0};
    std::atomic<std::size_t> busy_{0};
    std::atomic<bool> stopping_{false};
    Job* job_ = nullptr;
};

std::mutex g_pool_mutex;
std::unique_ptr<Pool> g_pool;
std::size_t g_pool_threads = 0;

}  // namespace

std::size_t thread_count() {
    if (g_thread_count != 0) return g_thread_count;
    const std::size_t cores = std::thread::hardware_concurrency();
    return cores == 0 ? 1 : cores;
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
            g_pool_threads = thread_count();
            g_pool = std::make_unique<Pool>(g_pool_threads - 1);
        }
        g_pool->run(job);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace melvit
