#include "melvit/core/parallel.h"

#include <memory>

namespace melvit {
namespace {

std::unique_ptr<ThreadPool>& shared_pool() {
    static auto pool = std::make_unique<ThreadPool>();
    return pool;
}

}  // namespace

ThreadPool& default_pool() {
    return *shared_pool();
}

std::size_t thread_count() {
    return pool_of_this_thread().threads();
}

void set_thread_count(std::size_t count) {
    shared_pool() = std::make_unique<ThreadPool>(count);
}

std::size_t free_threads() {
    return pool_of_this_thread().free_threads();
}

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& task) {
    pool_of_this_thread().for_each(count, task);
}

}  // namespace melvit
