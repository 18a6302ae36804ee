#pragma once

#include "melvit/search/parzen.h"
#include "melvit/search/search.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace melvit {

/// Tree-structured Parzen estimator: two densities of the points seen, l of the best quarter and g of the
/// others; the next point is that of some candidates, drawn from l, where l / g is largest, which is where
/// the expected improvement is. Failed trials are among the others. Parameters are independent in l and g,
/// and judged together.
///
/// source  Bergstra, Bardenet, Bengio, Kegl 2011, "Algorithms for hyper-parameter optimization", section 4:
///         equation 2 for l and g, equation 3 and the text after it for the choice
class TpeSearch : public Search {
public:
    TpeSearch(const SweepFile& file, std::uint64_t seed);

    std::size_t trials() const override { return trials_; }
    bool learns() const override { return true; }

    /// The first points are those of a random search. Later ones differ from index to index even when `seen`
    /// is the same: each index draws its own candidates.
    ///
    /// throws  Error when an observation is not of this sweep
    Point point(std::size_t index, std::span<const Observation> seen) const override;

private:
    /// l and g of every parameter.
    struct Densities {
        std::vector<Parzen> good, others;
    };

    Densities densities(std::span<const Observation> seen) const;
    Point draw(const Densities& densities, Random& random) const;
    double log_ratio(const Densities& densities, const Point& point) const;

    std::vector<Parameter> parameters_;
    std::vector<ParzenAxis> axes_;
    std::size_t trials_;
    std::uint64_t seed_;
};

}  // namespace melvit
