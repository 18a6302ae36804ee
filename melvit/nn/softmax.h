#pragma once

#include <cstddef>
#include <span>

namespace melvit::nn {

/// Makes the numbers of each column of a panel exp(x - maximum): softmax, but for the division by their sum.
/// A column that holds a NaN or an infinity becomes all NaN.
///
/// panel  [rows x kPanelColumns], as in Panels; rows 1 or more
/// sums   [kPanelColumns], of each column, after
void exponentiate_columns(float* panel, std::size_t rows, std::span<float> sums);

}  // namespace melvit::nn
