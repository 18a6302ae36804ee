#include "melvit/core/random.h"

#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace melvit {
namespace {

std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

constexpr std::uint64_t kGoldenGamma = 0x9E3779B97F4A7C15ULL;

}  // namespace

// Two rounds of mixing keep the streams of neighbouring seeds and indices apart.
Random::Random(std::uint64_t seed, std::uint64_t index)
    : state_(mix(mix(seed + kGoldenGamma) ^ (index * kGoldenGamma + 1))) {}

std::uint64_t Random::bits() {
    state_ += kGoldenGamma;
    return mix(state_);
}

float Random::uniform() {
    return static_cast<float>(bits() >> 40) * 0x1.0p-24F;
}

std::size_t Random::below(std::size_t count) {
    assert(count > 0);
    // Multiplying instead of dividing: the bias is below count / 2^64 (Lemire 2019).
    __extension__ using Wide = unsigned __int128;
    const auto wide = static_cast<Wide>(bits()) * count;
    return static_cast<std::size_t>(wide >> 64);
}

float Random::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - static_cast<double>(bits() >> 11) * 0x1.0p-53));
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(bits() >> 11) * 0x1.0p-53;
    return static_cast<float>(radius * std::cos(angle));
}

float Random::symmetric_beta(float alpha) {
    assert(alpha >= 0.05F && alpha <= 1.0F);
    while (true) {
        const double x = std::pow(static_cast<double>(uniform()), 1.0 / static_cast<double>(alpha));
        const double y = std::pow(static_cast<double>(uniform()), 1.0 / static_cast<double>(alpha));
        if (x + y > 0.0 && x + y <= 1.0) return static_cast<float>(x / (x + y));
    }
}

std::vector<std::size_t> Random::permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
    return order;
}

}  // namespace melvit
