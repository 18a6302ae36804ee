#pragma once

#include "melvit/core/thread_pool.h"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace melvit::cli {

/// Results that come in any order and are handed on in that of their numbers, each as soon as it and those
/// before it are there. Threads share one.
template <class Result>
class InOrder {
public:
    /// most_ahead  so many results may wait for an earlier one, and no more work is begun then
    InOrder(std::size_t most_ahead, std::function<void(std::size_t, const Result&)> take)
        : take_(std::move(take)), waiting_(most_ahead) {}

    /// Begins number `i` when there is room, and hands on what is then complete.
    ///
    /// throws  what work and take throw; after that all other threads come back without work
    void run(std::size_t i, const std::function<Result()>& work) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return failed_ || i < next_ + waiting_.size(); });
        if (failed_) return;
        lock.unlock();
        try {
            Result result = work();
            lock.lock();
            waiting_[i % waiting_.size()] = std::move(result);
            hand_on(lock);
        } catch (...) {
            if (!lock.owns_lock()) lock.lock();
            failed_ = true;
            moved_.notify_all();
            throw;
        }
    }

private:
    /// One thread does it while the others go on with their work.
    void hand_on(std::unique_lock<std::mutex>& lock) {
        if (taking_) return;
        taking_ = true;
        for (auto* slot = &waiting_[next_ % waiting_.size()]; *slot;
             slot = &waiting_[next_ % waiting_.size()]) {
            const Result result = *std::exchange(*slot, std::nullopt);
            lock.unlock();
            take_(next_, result);
            lock.lock();
            ++next_;
            moved_.notify_all();
        }
        taking_ = false;
    }

    const std::function<void(std::size_t, const Result&)> take_;
    std::mutex mutex_;
    std::condition_variable moved_;
    std::vector<std::optional<Result>> waiting_;  ///< number i at place i % size
    std::size_t next_ = 0;                        ///< changed by the taking thread alone
    bool taking_ = false;
    bool failed_ = false;
};

/// Calls work(0) ... work(count - 1) on the pool's threads and take(i, result) in order, see InOrder.
///
/// throws  what the first of them throws
template <class Result>
void for_each_in_order(ThreadPool& pool, std::size_t count, std::size_t most_ahead,
                       const std::function<Result(std::size_t)>& work,
                       const std::function<void(std::size_t, const Result&)>& take) {
    InOrder<Result> in_order(most_ahead, take);
    pool.for_each(count, [&](std::size_t i) { in_order.run(i, [&] { return work(i); }); });
}

}  // namespace melvit::cli
