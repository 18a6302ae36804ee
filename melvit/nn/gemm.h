#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>

namespace melvit::nn {

/// One factor of a product, row after row.
struct Factor {
    const float* data = nullptr;
    std::size_t stride = 0;   ///< floats from one row in memory to the next
    bool transposed = false;  ///< the product takes its transpose
};

/// A whole matrix as a factor.
inline Factor factor(const Matrix& matrix) {
    return {matrix.data(), matrix.columns(), false};
}
inline Factor transposed(const Matrix& matrix) {
    return {matrix.data(), matrix.columns(), true};
}

/// The size of a product and how it joins what is there already.
struct Product {
    std::size_t rows = 0;     ///< of a (once transposed, if it is) and c
    std::size_t columns = 0;  ///< of b and c
    std::size_t inner = 0;    ///< columns of a = rows of b
    float alpha = 1.0F;
    float beta = 0.0F;  ///< 0: what c held before is not read
};

/// c = alpha a b + beta c, on the calling thread.
///
/// a         [rows x inner], or [inner x rows] in memory when transposed
/// b         [inner x columns], or [columns x inner] in memory when transposed
/// c         [rows x columns], rows `c_stride` floats apart; overlaps neither a nor b
/// source    sgemm of the Basic Linear Algebra Subprograms, with rows where Fortran has columns
void sgemm(const Product& product, const Factor& a, const Factor& b, float* c, std::size_t c_stride);

}  // namespace melvit::nn
