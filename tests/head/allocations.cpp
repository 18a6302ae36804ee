#include "tests/head/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> g_allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
    g_allocations.fetch_add(1);
    // aligned_alloc wants a whole number of alignments.
    if (void* memory = std::aligned_alloc(alignment, (bytes / alignment + 1) * alignment)) return memory;
    throw std::bad_alloc();
}

}  // namespace

std::size_t melvit::test::allocations() {
    return g_allocations.load();
}

void* operator new(std::size_t bytes) {
    return counted(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
