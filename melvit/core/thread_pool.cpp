#include "melvit/core/thread_pool.h"

#include "melvit/core/cores.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

namespace melvit {
namespace {

thread_local bool t_inside_task = false;
thread_local ThreadPool* t_pool = nullptr;

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
}

/// One call of for_each.
struct Job {
    Job(std::size_t tasks, const std::function<void(std::size_t)>& run) : count(tasks), task(run) {}

    const std::size_t count;
    const std::function<void(std::size_t)>& task;
    std::atomic<std::size_t> next{0};
    std::mutex failure_mutex;
    std::size_t failed_index = std::numeric_limits<std::size_t>::max();
    std::exception_ptr failure;

    /// Returns when no task is left to start.
    void work() {
        t_inside_task = true;
        for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
            try {
                task(i);
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

}  // namespace

/// The threads beside the callers'. A caller posts its job in a slot, where threads that have nothing to do
/// join in. The first that finds no task left closes the slot; the caller then waits for those inside alone,
/// and a thread that comes too late, its core being busy with something else, holds nobody up.
class ThreadPool::Workers {
public:
    /// count  fewer where the system does not start so many threads
    Workers(ThreadPool& pool, std::size_t count) : pool_(pool), spins_(count < usable_cores() ? kSpins : 0) {
        threads_.reserve(count);
        try {
            for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this, i] { serve(i); });
        } catch (const std::exception&) {
            // A job does not need them all.
        }
    }

    ~Workers() {
        stopping_.store(true);
        call();
        for (auto& thread : threads_) thread.join();
    }

    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    void run(Job& job) {
        Slot* const slot = take_slot();
        if (slot == nullptr) return job.work();  // more callers than slots: this one works alone
        slot->job = &job;
        slot->inside.store(0);
        call();
        job.work();
        for (auto inside = close(*slot); inside != kClosed; inside = slot->inside.load())
            spin_then_wait(slot->inside, inside);
        slot->taken.store(false);
    }

private:
    /// Pauses for which a thread spins before it sleeps, a tenth to a fifth of a millisecond by the
    /// processor: the steps of a head's training follow each other that closely. Not with more threads than
    /// cores, where it would take the time of those that have work.
    static constexpr int kSpins = 4000;
    /// Set in Slot::inside while nobody may join in.
    static constexpr std::uint32_t kClosed = 1U << 31;
    static constexpr std::size_t kSlots = 32;

    struct alignas(64) Slot {
        std::atomic<bool> taken{false};              ///< by a caller
        std::atomic<std::uint32_t> inside{kClosed};  ///< workers that look at job, and kClosed
        Job* job = nullptr;
    };

    Slot* take_slot() {
        for (Slot& slot : slots_) {
            if (!slot.taken.load() && !slot.taken.exchange(true)) return &slot;
        }
        return nullptr;
    }

    /// returns  who is still inside, and kClosed
    static std::uint32_t close(Slot& slot) {
        const std::uint32_t inside = slot.inside.load();
        return (inside & kClosed) != 0 ? inside : slot.inside.fetch_or(kClosed) | kClosed;
    }

    void spin_then_wait(const std::atomic<std::uint32_t>& value, std::uint32_t old) const {
        for (int i = 0; i < spins_; ++i) {
            if (value.load(std::memory_order_acquire) != old) return;
            pause();
        }
        value.wait(old);
    }

    void call() {
        calls_.fetch_add(1);
        calls_.notify_all();
    }

    void serve(std::size_t worker) {
        t_pool = &pool_;
        std::uint32_t seen = 0;
        while (true) {
            spin_then_wait(calls_, seen);
            seen = calls_.load();
            if (stopping_.load()) return;
            while (help(worker)) {
            }
        }
    }

    /// Works on one open job. Each worker looks from another slot on, so that they spread over the callers.
    ///
    /// returns  false when none is open, or callers keep all threads busy without this one
    bool help(std::size_t worker) {
        if (worker + pool_.callers_.load() >= pool_.threads_) return false;
        for (std::size_t i = 0; i < kSlots; ++i) {
            Slot& slot = slots_[(worker + i) % kSlots];
            if (!enter(slot)) continue;
            slot.job->work();
            close(slot);
            if (slot.inside.fetch_sub(1) == kClosed + 1) slot.inside.notify_all();
            return true;
        }
        return false;
    }

    /// Counts the calling worker, so that the caller cannot take the job away.
    ///
    /// returns  false when the slot is closed
    static bool enter(Slot& slot) {
        std::uint32_t inside = slot.inside.load();
        while ((inside & kClosed) == 0) {
            if (slot.inside.compare_exchange_weak(inside, inside + 1)) return true;
        }
        return false;
    }

    ThreadPool& pool_;
    const int spins_;
    std::vector<std::thread> threads_;
    std::array<Slot, kSlots> slots_;
    // Of 32 bits, which the kernel can wait for as they are.
    std::atomic<std::uint32_t> calls_{0};  ///< jobs so far, and the end
    std::atomic<bool> stopping_{false};
};

ThreadPool::ThreadPool(std::size_t threads) : threads_(threads != 0 ? threads : usable_cores()) {}

ThreadPool::~ThreadPool() = default;

ThreadPool::Workers& ThreadPool::workers() {
    std::call_once(started_, [this] { workers_ = std::make_unique<Workers>(*this, threads_ - 1); });
    return *workers_;
}

std::size_t ThreadPool::free_threads() const {
    if (t_inside_task) return 1;
    const std::size_t callers = callers_.load() + (t_pool == this ? 0 : 1);
    return std::max<std::size_t>(1, threads_ / callers);
}

void ThreadPool::for_each(std::size_t count, const std::function<void(std::size_t)>& task) {
    const PoolScope scope(*this);
    // One task alone may itself use all threads.
    if (count == 1) return task(0);
    if (t_inside_task) {
        for (std::size_t i = 0; i < count; ++i) task(i);
        return;
    }
    if (count == 0) return;
    Job job(count, task);
    if (threads_ == 1) {
        job.work();
    } else {
        workers().run(job);
    }
    if (job.failure) std::rethrow_exception(job.failure);
}

ThreadPool& default_pool() {
    // Never taken down: at the end of a process that was forked there is none of its threads to wait for.
    static ThreadPool& pool = *new ThreadPool;
    return pool;
}

PoolScope::PoolScope(ThreadPool& pool)
    : outer_(std::exchange(t_pool, &pool)), is_caller_(outer_ != &pool && !t_inside_task) {
    if (is_caller_) ++pool.callers_;
}

PoolScope::~PoolScope() {
    if (is_caller_) --t_pool->callers_;
    t_pool = outer_;
}

ThreadPool& pool_of_this_thread() {
    return t_pool != nullptr ? *t_pool : default_pool();
}

}  // namespace melvit
