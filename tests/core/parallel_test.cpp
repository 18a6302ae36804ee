#include "melvit/core/parallel.h"

#include "melvit/core/cores.h"

#include <array>
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace melvit {
namespace {

/// Runs one test with a number of threads of its own.
class Threads {
public:
    explicit Threads(std::size_t count) { set_thread_count(count); }
    ~Threads() { set_thread_count(0); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
};

TEST(Parallel, runs_every_index_once_on_any_number_of_threads) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
        const Threads scope(threads);
        std::vector<std::atomic<int>> runs(1000);
        parallel_for(runs.size(), [&](std::size_t i) { ++runs[i]; });
        for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
    }
}

TEST(Parallel, does_nothing_for_no_index) {
    parallel_for(0, [](std::size_t) { FAIL(); });
}

TEST(Parallel, uses_more_than_one_thread) {
    const Threads scope(3);
    std::atomic<int> waiting{0};
    // Each of the three tasks waits for the two others: on fewer threads this would never end.
    parallel_for(3, [&](std::size_t) {
        ++waiting;
        while (waiting.load() < 3) std::this_thread::yield();
    });
    EXPECT_EQ(waiting.load(), 3);
}

TEST(Parallel, throws_what_the_lowest_failing_index_threw) {
    for (const std::size_t threads : {1U, 4U}) {
        const Threads scope(threads);
        for (int round = 0; round < 20; ++round) {
            try {
                parallel_for(100, [](std::size_t i) {
                    if (i >= 3) throw std::runtime_error(std::to_string(i));
                });
                FAIL();
            } catch (const std::runtime_error& error) {
                EXPECT_STREQ(error.what(), "3");
            }
        }
    }
}

TEST(Parallel, works_again_after_a_failure) {
    const Threads scope(4);
    EXPECT_THROW(parallel_for(10, [](std::size_t) { throw std::runtime_error("x"); }), std::runtime_error);
    std::atomic<int> runs{0};
    parallel_for(10, [&](std::size_t) { ++runs; });
    EXPECT_EQ(runs.load(), 10);
}

TEST(Parallel, leaves_out_tasks_after_a_failure) {
    const Threads scope(1);
    int runs = 0;
    EXPECT_THROW(parallel_for(10,
                              [&](std::size_t i) {
                                  ++runs;
                                  if (i == 2) throw std::runtime_error("x");
                              }),
                 std::runtime_error);
    EXPECT_EQ(runs, 3);
}

TEST(Parallel, runs_tasks_within_tasks) {
    const Threads scope(4);
    std::vector<std::atomic<int>> runs(100);
    parallel_for(10, [&](std::size_t i) { parallel_for(10, [&](std::size_t j) { ++runs[i * 10 + j]; }); });
    for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
}

TEST(Parallel, serves_many_short_jobs_in_a_row) {
    for (const std::size_t threads : {2U, 4U, 40U}) {
        const Threads scope(threads);
        for (int job = 0; job < 5000; ++job) {
            // Of this job alone: a thread that came late and still worked on it would write into another's.
            std::array<std::atomic<int>, 4> runs{};
            const std::function<void(std::size_t)> count = [&](std::size_t i) { ++runs[i]; };
            parallel_for(runs.size(), count);
            for (const auto& run : runs) ASSERT_EQ(run.load(), 1) << "job " << job << ", threads " << threads;
        }
    }
}

TEST(Parallel, works_after_each_of_many_failures) {
    const Threads scope(40);
    for (int job = 0; job < 1000; ++job) {
        std::atomic<int> runs{0};
        EXPECT_THROW(parallel_for(2, [](std::size_t) { throw std::runtime_error("x"); }), std::runtime_error);
        parallel_for(2, [&](std::size_t) { ++runs; });
        ASSERT_EQ(runs.load(), 2) << "job " << job;
    }
}

TEST(Parallel, follows_the_number_of_threads_from_job_to_job) {
    for (const std::size_t threads : {5U, 2U, 64U, 1U, 5U}) {
        const Threads scope(threads);
        std::atomic<int> runs{0};
        parallel_for(100, [&](std::size_t) { ++runs; });
        EXPECT_EQ(runs.load(), 100) << threads;
    }
}

TEST(Parallel, can_be_called_from_two_threads) {
    const Threads scope(3);
    std::atomic<int> runs{0};
    const auto work = [&] {
        for (int i = 0; i < 20; ++i) parallel_for(10, [&](std::size_t) { ++runs; });
    };
    std::thread other(work);
    work();
    other.join();
    EXPECT_EQ(runs.load(), 400);
}

TEST(Parallel, uses_the_cores_that_it_may_unless_told_otherwise) {
    EXPECT_EQ(thread_count(), usable_cores());
    const Threads scope(7);
    EXPECT_EQ(thread_count(), 7U);
}

}  // namespace
}  // namespace melvit
