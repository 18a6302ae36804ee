#include "melvit/nn/gemm.h"

#include "melvit/core/error.h"
#include "melvit/nn/one_thread.h"

#include <algorithm>
#include <cassert>
#include <dnnl.h>
#include <dnnl_debug.h>
#include <new>

namespace melvit::nn {
namespace {

dnnl_dim_t dim(std::size_t size) {
    return static_cast<dnnl_dim_t>(size);
}

/// An empty sum: c = beta c. oneDNN leaves c as it is then.
void scale(const Product& product, float* c, std::size_t c_stride) {
    for (std::size_t row = 0; row < product.rows; ++row) {
        float* begin = c + row * c_stride;
        if (product.beta == 0.0F) {
            std::fill_n(begin, product.columns, 0.0F);
        } else {
            std::transform(begin, begin + product.columns, begin, [&](float x) { return product.beta * x; });
        }
    }
}

}  // namespace

void sgemm(const Product& product, const Factor& a, const Factor& b, float* c, std::size_t c_stride) {
    const auto& [rows, columns, inner, alpha, beta] = product;
    assert(a.stride >= (a.transposed ? rows : inner));
    assert(b.stride >= (b.transposed ? inner : columns));
    assert(c_stride >= columns);
    if (rows == 0 || columns == 0) return;
    if (inner == 0) return scale(product, c, c_stride);
    const OneThread one_thread;
    const dnnl_status_t status =
        dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', dim(rows), dim(columns), dim(inner),
                   alpha, a.data, dim(a.stride), b.data, dim(b.stride), beta, c, dim(c_stride));
    if (status == dnnl_out_of_memory) throw std::bad_alloc();
    if (status != dnnl_success) throw Error("oneDNN", "needs to multiply", dnnl_status2str(status));
}

}  // namespace melvit::nn
