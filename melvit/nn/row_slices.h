#pragma once

#include "melvit/core/parallel.h"
#include "melvit/nn/tokens.h"

#include <algorithm>
#include <cstddef>

namespace melvit::nn {

/// Deals rows out among the threads that are free, 24 at least to each: calls work(range), side by side. In a
/// task of parallel_for, which has its own thread alone, it is called once, with all rows. A row's result
/// must not depend on those beside it.
template <class Work>
void for_each_slice(std::size_t rows, const Work& work) {
    constexpr std::size_t kLeastRows = 24;
    const std::size_t slices = std::min(free_threads(), rows / kLeastRows);
    if (slices <= 1) return work(Range{0, rows});
    parallel_for(slices, [&](std::size_t slice) { work(equal_part(rows, slice, slices)); });
}

}  // namespace melvit::nn
