#pragma once

#include <cstddef>

namespace melvit {

/// Neighbours among many: rows of a table, panels of a matrix.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
};

/// One of `count` parts of 0 ... size, as equal as can be.
///
/// number  0 ... count - 1
constexpr Range equal_part(std::size_t size, std::size_t number, std::size_t count) {
    return {number * size / count, (number + 1) * size / count};
}

}  // namespace melvit
