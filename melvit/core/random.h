#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melvit {

/// A stream of random numbers that is a function of (seed, index): the same numbers on one thread or
/// sixteen, today or after a restart. Give every item of a loop its own index.
///
/// source  SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators")
class Random {
public:
    explicit Random(std::uint64_t seed, std::uint64_t index = 0);

    /// 64 random bits.
    std::uint64_t bits();

    /// Uniform in [0, 1), 24 bits fine.
    float uniform();

    /// Uniform in [low, high).
    float uniform(float low, float high) { return low + (high - low) * uniform(); }

    /// Uniform in {0, ..., count - 1}; count > 0.
    std::size_t below(std::size_t count);

    /// Normal with mean 0 and standard deviation 1 (Box and Muller 1958).
    float normal();

    /// Beta distributed with both parameters `alpha`, in [0, 1]; 0.05 <= alpha <= 1 (Joehnk 1964).
    float symmetric_beta(float alpha);

    /// The numbers 0 ... count - 1 in random order (Fisher and Yates).
    std::vector<std::size_t> permutation(std::size_t count);

private:
    std::uint64_t state_;
};

}  // namespace melvit
