#pragma once

#include <cstddef>

namespace melvit::test {

/// How often this program has taken memory from the heap by new.
std::size_t allocations();

}  // namespace melvit::test
