#include "melvit/core/thread_pool.h"

#include "melvit/core/cores.h"

#include "tests/support/meeting.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace melvit {
namespace {

using test::Meeting;
using test::on_threads;

TEST(ThreadPool, runs_every_index_once_on_any_number_of_threads) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
        ThreadPool pool(threads);
        std::vector<std::atomic<int>> runs(1000);
        pool.for_each(runs.size(), [&](std::size_t i) { ++runs[i]; });
        for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
    }
}

TEST(ThreadPool, does_nothing_for_no_index) {
    ThreadPool(3).for_each(0, [](std::size_t) { FAIL(); });
}

TEST(ThreadPool, uses_more_than_one_thread) {
    ThreadPool pool(3);
    Meeting meeting(3);
    pool.for_each(3, [&](std::size_t) { EXPECT_TRUE(meeting.wait_for_all()); });
}

TEST(ThreadPool, of_one_thread_is_the_callers_own) {
    ThreadPool pool(1);
    pool.for_each(5, [caller = std::this_thread::get_id()](std::size_t) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
    });
}

TEST(ThreadPool, throws_what_the_lowest_failing_index_threw) {
    for (const std::size_t threads : {1U, 4U}) {
        ThreadPool pool(threads);
        for (int round = 0; round < 20; ++round) {
            try {
                pool.for_each(100, [](std::size_t i) {
                    if (i >= 3) throw std::runtime_error(std::to_string(i));
                });
                FAIL();
            } catch (const std::runtime_error& error) {
                EXPECT_STREQ(error.what(), "3");
            }
        }
    }
}

TEST(ThreadPool, leaves_out_tasks_after_a_failure) {
    ThreadPool pool(1);
    int runs = 0;
    EXPECT_THROW(pool.for_each(10,
                               [&](std::size_t i) {
                                   ++runs;
                                   if (i == 2) throw std::runtime_error("x");
                               }),
                 std::runtime_error);
    EXPECT_EQ(runs, 3);
}

TEST(ThreadPool, works_after_each_of_many_failures) {
    for (const std::size_t threads : {1U, 40U}) {
        ThreadPool pool(threads);
        for (int job = 0; job < 1000; ++job) {
            std::atomic<int> runs{0};
            EXPECT_THROW(pool.for_each(2, [](std::size_t) { throw std::runtime_error("x"); }),
                         std::runtime_error);
            pool.for_each(2, [&](std::size_t) { ++runs; });
            ASSERT_EQ(runs.load(), 2) << "job " << job;
        }
    }
}

TEST(ThreadPool, runs_the_tasks_of_a_task_on_that_tasks_thread) {
    ThreadPool pool(4);
    ThreadPool another(4);
    std::vector<std::atomic<int>> runs(100);
    pool.for_each(10, [&](std::size_t i) {
        EXPECT_EQ(pool.free_threads(), 1U);
        ThreadPool& inner = i % 2 == 0 ? pool : another;
        inner.for_each(10, [&, outer = std::this_thread::get_id()](std::size_t j) {
            EXPECT_EQ(std::this_thread::get_id(), outer);
            ++runs[i * 10 + j];
        });
    });
    for (const auto& count : runs) EXPECT_EQ(count.load(), 1);
    EXPECT_EQ(pool.free_threads(), 4U);
}

TEST(ThreadPool, gives_all_threads_to_what_a_single_task_does) {
    ThreadPool pool(3);
    Meeting meeting(3);
    pool.for_each(1, [&](std::size_t) {
        EXPECT_EQ(pool.free_threads(), 3U);
        pool.for_each(3, [&](std::size_t) { EXPECT_TRUE(meeting.wait_for_all()); });
    });
}

TEST(ThreadPool, serves_many_short_jobs_in_a_row) {
    for (const std::size_t threads : {2U, 4U, 40U}) {
        ThreadPool pool(threads);
        for (int job = 0; job < 5000; ++job) {
            // Of this job alone: a thread that came late and still worked on it would write into another's.
            std::array<std::atomic<int>, 4> runs{};
            const std::function<void(std::size_t)> count = [&](std::size_t i) { ++runs[i]; };
            pool.for_each(runs.size(), count);
            for (const auto& run : runs) ASSERT_EQ(run.load(), 1) << "job " << job << ", threads " << threads;
        }
    }
}

TEST(ThreadPool, lets_two_callers_work_at_the_same_time) {
    ThreadPool pool(2);
    Meeting meeting(2);
    // Each caller's first task waits for the other's: one after the other, this would not end.
    on_threads(2, [&](std::size_t) {
        std::atomic<bool> first{true};
        pool.for_each(10, [&](std::size_t) {
            const bool met = !first.exchange(false) || meeting.wait_for_all();
            EXPECT_TRUE(met);
        });
    });
}

TEST(ThreadPool, keeps_a_caller_going_while_all_its_threads_are_busy_with_another) {
    ThreadPool pool(2);
    Meeting busy(3);
    std::atomic<bool> release{false};
    std::jthread other([&] {
        pool.for_each(2, [&](std::size_t) {
            EXPECT_TRUE(busy.wait_for_all());
            while (!release.load()) std::this_thread::yield();
        });
    });
    EXPECT_TRUE(busy.wait_for_all());  // now a caller and the pool's only thread are in the other job
    std::vector<std::thread::id> ran_on(100);
    pool.for_each(ran_on.size(), [&](std::size_t i) { ran_on[i] = std::this_thread::get_id(); });
    for (const auto& id : ran_on) EXPECT_EQ(id, std::this_thread::get_id());
    release = true;
}

TEST(ThreadPool, keeps_the_jobs_of_many_callers_apart) {
    for (const std::size_t callers : {2U, 8U, 40U}) {  // also more than it can help at once
        ThreadPool pool(4);
        on_threads(callers, [&](std::size_t caller) {
            for (int job = 0; job < 500; ++job) {
                std::array<std::atomic<std::size_t>, 7> runs{};
                const auto fails = [&] { return job % 50 == 49; };
                try {
                    pool.for_each(runs.size(), [&](std::size_t i) {
                        runs[i] += caller + 1;
                        if (fails()) throw std::runtime_error(std::to_string(caller));
                    });
                    EXPECT_FALSE(fails());
                    for (const auto& run : runs) ASSERT_EQ(run.load(), caller + 1);
                } catch (const std::runtime_error& error) {
                    EXPECT_EQ(error.what(), std::to_string(caller));
                }
            }
        });
    }
}

TEST(ThreadPool, spreads_its_threads_over_callers) {
    ThreadPool pool(5);
    Meeting meeting(5);
    // Two callers and three of the pool's threads, in either job.
    on_threads(2, [&](std::size_t) {
        pool.for_each(6, [&](std::size_t) {
            static thread_local bool came = false;
            const bool met = std::exchange(came, true) || meeting.wait_for_all();
            EXPECT_TRUE(met);
        });
    });
}

TEST(ThreadPool, is_shared_out_among_callers_so_that_as_many_as_threads_work_each_alone) {
    ThreadPool pool(8);
    for (const std::size_t callers : {1U, 2U, 3U, 8U, 20U}) {
        Meeting all_came(static_cast<int>(callers));
        Meeting all_looked(static_cast<int>(callers));
        on_threads(callers, [&](std::size_t) {
            const PoolScope scope(pool);
            EXPECT_TRUE(all_came.wait_for_all());
            EXPECT_EQ(pool.free_threads(), std::max<std::size_t>(1, 8 / callers));
            if (callers >= pool.threads()) {
                pool.for_each(10, [&, mine = std::this_thread::get_id()](std::size_t) {
                    EXPECT_EQ(std::this_thread::get_id(), mine);
                });
            }
            EXPECT_TRUE(all_looked.wait_for_all());
        });
        EXPECT_EQ(pool.free_threads(), 8U) << callers << " callers went";
    }
}

TEST(PoolScope, is_of_its_thread_alone_and_gives_back_what_was_there) {
    ThreadPool outer(2);
    ThreadPool inner(3);
    EXPECT_EQ(&pool_of_this_thread(), &default_pool());
    {
        const PoolScope outer_scope(outer);
        {
            const PoolScope inner_scope(inner);
            const PoolScope again(inner);
            EXPECT_EQ(&pool_of_this_thread(), &inner);
            EXPECT_EQ(inner.free_threads(), 3U) << "one caller, though of two scopes";
            on_threads(1, [](std::size_t) { EXPECT_EQ(&pool_of_this_thread(), &default_pool()); });
            outer.for_each(4, [&](std::size_t) { EXPECT_EQ(&pool_of_this_thread(), &outer); });
        }
        EXPECT_EQ(&pool_of_this_thread(), &outer);
    }
    EXPECT_EQ(&pool_of_this_thread(), &default_pool());
}

TEST(ThreadPool, starts_its_threads_with_the_first_job) {
    // More than any system starts: no harm as long as nobody asks for them.
    ThreadPool pool(std::size_t{1} << 40);
    EXPECT_EQ(pool.threads(), std::size_t{1} << 40);
    int runs = 0;
    pool.for_each(1, [&](std::size_t) { ++runs; });
    EXPECT_EQ(runs, 1);
}

TEST(ThreadPool, uses_the_cores_that_it_may_unless_told_otherwise) {
    EXPECT_EQ(ThreadPool().threads(), usable_cores());
    EXPECT_EQ(default_pool().threads(), usable_cores());
    EXPECT_EQ(ThreadPool(7).threads(), 7U);
}

}  // namespace
}  // namespace melvit
