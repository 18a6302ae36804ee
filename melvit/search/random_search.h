#pragma once

#include "melvit/core/random.h"
#include "melvit/search/search.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace melvit {

/// A random share in (0, 1), 52 bits fine: what `quantile` takes.
double random_share(Random& random);

/// A random value of every parameter.
Point random_point(const std::vector<Parameter>& parameters, Random& random);

/// Points drawn from the parameters' distributions, each from (seed, index) alone.
class RandomSearch : public Search {
public:
    RandomSearch(const SweepFile& file, std::uint64_t seed)
        : parameters_(file.parameters), trials_(file.run_cap.value_or(0)), seed_(seed) {}

    std::size_t trials() const override { return trials_; }
    bool learns() const override { return false; }
    Point point(std::size_t index, std::span<const Observation> seen) const override;

private:
    std::vector<Parameter> parameters_;
    std::size_t trials_;
    std::uint64_t seed_;
};

}  // namespace melvit
