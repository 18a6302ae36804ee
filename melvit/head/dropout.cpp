#include "melvit/head/dropout.h"

#include "melvit/core/random.h"
#include "melvit/kernels/kernels.h"

namespace melvit {
void drop_units(const Dropout& dropout, std::size_t layer, std::size_t row, std::size_t first_unit,
                std::span<float> units) {
    const std::uint64_t step_seed = Random(dropout.seed, dropout.step).bits();
    const auto key = static_cast<std::uint32_t>(Random(step_seed, (layer << 32U) + row).bits());
    const auto threshold = static_cast<std::uint32_t>(static_cast<double>(dropout.rate) * 0x1.0p32);
    kernels::kernels().drop_units(key, static_cast<std::uint32_t>(first_unit), threshold,
                                  1.0F / (1.0F - dropout.rate), units.size(), units.data());
}

}  // namespace melvit
