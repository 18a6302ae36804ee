#pragma once

#include "melvit/nn/vector.h"

#include <cstddef>

namespace melvit::nn {

/// The next multiple of a register's floats: the distance of rows that softmax_rows takes.
constexpr std::size_t padded(std::size_t columns) {
    return (columns + kLanes - 1) / kLanes * kLanes;
}

/// Makes each row positive with sum 1: exp(x - maximum) / sum, in place. A row that holds a NaN or an infinity becomes
/// all NaN.
///
/// scores  [rows x padded(columns)]; what lies beyond `columns` becomes 0
void softmax_rows(float* scores, std::size_t rows, std::size_t columns);

}  // namespace melvit::nn
