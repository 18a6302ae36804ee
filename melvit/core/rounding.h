#pragma once

#include <cstddef>

namespace melvit {

/// count / by, rounded up: how many boxes of `by` hold `count` things.
constexpr std::size_t divided_up(std::size_t count, std::size_t by) {
    return (count + by - 1) / by;
}

}  // namespace melvit
