#include "melvit/nn/softmax.h"

#include "melvit/nn/exponential.h"
#include "melvit/nn/panel_product.h"

#include <cassert>

namespace melvit::nn {

void exponentiate_columns(float* panel, std::size_t rows, std::span<float> sums) {
    assert(sums.size() == kPanelColumns);
    for (std::size_t half = 0; half < kPanelColumns; half += kLanes) {
        float* column = panel + half;
        Vector highest = load(column);
        for (std::size_t row = 1; row < rows; ++row) {
            const Vector x = load(column + row * kPanelColumns);
            highest = x > highest ? x : highest;
        }
        Vector sum{};
        for (std::size_t row = 0; row < rows; ++row) {
            const Vector e = exp_of_negative(load(column + row * kPanelColumns) - highest);
            store(e, column + row * kPanelColumns);
            sum += e;
        }
        store(sum, sums.data() + half);
    }
}

}  // namespace melvit::nn
