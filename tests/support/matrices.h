#pragma once

#include "melvit/core/matrix.h"
#include "melvit/core/random.h"

#include <cstddef>
#include <cstdint>

namespace melvit::test {

/// Values of -1 ... 1.
inline Matrix random_matrix(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Matrix matrix(rows, columns);
    Random random(seed);
    for (float& value : matrix.values()) value = random.uniform(-1.0F, 1.0F);
    return matrix;
}

}  // namespace melvit::test
