#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit {

/// Which hidden units a training step drops: a function of (seed, step, layer, row, unit).
///
/// source  Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"
struct Dropout {
    float rate = 0.0F;  ///< share of the units, [0, 1)
    std::uint64_t seed = 0;
    std::uint64_t step = 0;
};

/// Sets dropped units to 0 and the others so much higher that their mean stays.
///
/// layer, row, first_unit  where `units` stand
void drop_units(const Dropout& dropout, std::size_t layer, std::size_t row, std::size_t first_unit,
                std::span<float> units);

}  // namespace melvit
