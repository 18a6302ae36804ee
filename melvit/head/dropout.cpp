#include "melvit/head/dropout.h"

#include "melvit/core/random.h"

namespace melvit {
namespace {

/// 32 random bits for a unit out of its row's key.
/// source  the finaliser of MurmurHash3 (Appleby 2011)
std::uint32_t unit_bits(std::uint32_t key, std::uint32_t unit) {
    std::uint32_t x = key + unit * 0x9E3779B9U;
    x = (x ^ (x >> 16U)) * 0x85EBCA6BU;
    x = (x ^ (x >> 13U)) * 0xC2B2AE35U;
    return x ^ (x >> 16U);
}

}  // namespace

void drop_units(const Dropout& dropout, std::size_t layer, std::size_t row, std::size_t first_unit,
                std::span<float> units) {
    const std::uint64_t step_seed = Random(dropout.seed, dropout.step).bits();
    const auto key = static_cast<std::uint32_t>(Random(step_seed, (layer << 32U) + row).bits());
    const auto threshold = static_cast<std::uint32_t>(static_cast<double>(dropout.rate) * 0x1.0p32);
    const float kept = 1.0F / (1.0F - dropout.rate);
    for (std::size_t i = 0; i < units.size(); ++i) {
        units[i] *= unit_bits(key, static_cast<std::uint32_t>(first_unit + i)) < threshold ? 0.0F : kept;
    }
}

}  // namespace melvit
