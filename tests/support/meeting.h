#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace melvit::test {

/// Threads of a program that meet in a place, or give up after a minute.
class Meeting {
public:
    explicit Meeting(int expected) : expected_(expected) {}

    /// returns  whether all came
    bool wait_for_all() {
        ++arrived_;
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (arrived_.load() < expected_) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }

private:
    const int expected_;
    std::atomic<int> arrived_{0};
};

/// Runs work(0) ... work(count - 1), each on a thread of its own at the same time, and waits for them.
inline void on_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
}

}  // namespace melvit::test
