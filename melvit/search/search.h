#pragma once

#include "melvit/search/sweep_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace melvit {

/// What a finished trial says to a search.
struct Observation {
    Point point;
    double score = 0;     ///< lower is better; what is to be maximised has its sign changed
    bool failed = false;  ///< no score: it diverged
};

/// Chooses the points of a sweep's trials. A point is a function of (file, seed, index, observations): the
/// same on any number of threads, in any process, after a restart.
class Search {
public:
    virtual ~Search() = default;

    /// How many trials the sweep has.
    virtual std::size_t trials() const = 0;

    /// Whether `point` looks at observations at all.
    virtual bool learns() const = 0;

    /// The point of a trial.
    ///
    /// index  below trials()
    /// seen   of trials 0, 1, 2 ... seen.size() - 1; a search that does not learn gets none
    virtual Point point(std::size_t index, std::span<const Observation> seen) const = 0;
};

/// The search that a sweep file asks for.
std::unique_ptr<Search> make_search(const SweepFile& file, std::uint64_t seed);

}  // namespace melvit
