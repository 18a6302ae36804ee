#include "melvit/search/tpe_search.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/search/distribution.h"
#include "melvit/search/random_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <utility>

namespace melvit {
namespace {

// Measured with benchmarks/search_benchmark: with shares of 0.1 and 0.15, or each parameter's best candidate
// on its own, it takes more trials.
constexpr std::size_t kRandomTrials = 10;
constexpr std::size_t kCandidates = 24;
constexpr double kGoodShare = 0.25;
constexpr double kMostGood = 25;

/// Places of the observations, the best first; failed ones last.
std::vector<std::size_t> best_first(std::span<const Observation> seen) {
    const auto score = [&](std::size_t i) {
        const bool failed = seen[i].failed || std::isnan(seen[i].score);
        return failed ? std::numeric_limits<double>::infinity() : seen[i].score;
    };
    std::vector<std::size_t> order(seen.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return score(a) < score(b); });
    return order;
}

/// The same for points with equal values.
std::string point_key(const Point& point) {
    std::string key;
    for (const auto& [name, value] : point.items()) key += value_key(value) + "\n";
    return key;
}

}  // namespace

TpeSearch::TpeSearch(const SweepFile& file, std::uint64_t seed)
    : parameters_(file.parameters), trials_(file.run_cap.value_or(0)), seed_(seed) {
    for (const Parameter& parameter : parameters_) axes_.emplace_back(parameter.distribution);
}

TpeSearch::Densities TpeSearch::densities(std::span<const Observation> seen) const {
    const std::vector<std::size_t> order = best_first(seen);
    const double share = std::ceil(kGoodShare * static_cast<double>(seen.size()));
    const auto good = static_cast<std::size_t>(std::min(share, kMostGood));
    Densities made;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        const std::string& name = parameters_[i].name;
        std::vector<double> centres[2];  // of the good, of the others
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            const Point& point = seen[order[rank]].point;
            if (!point.contains(name))
                throw Error("a trial of the sweep", "needs the parameter " + name, "it has none");
            centres[rank < good ? 0 : 1].push_back(axes_[i].coordinate(point.at(name)));
        }
        made.good.emplace_back(axes_[i], std::move(centres[0]));
        made.others.emplace_back(axes_[i], std::move(centres[1]));
    }
    return made;
}

Point TpeSearch::draw(const Densities& densities, Random& random) const {
    Point point = Point::object();
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        point[parameters_[i].name] = axes_[i].value(densities.good[i].draw(random));
    }
    return point;
}

double TpeSearch::log_ratio(const Densities& densities, const Point& point) const {
    double sum = 0;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        const double coordinate = axes_[i].coordinate(point.at(parameters_[i].name));
        sum += std::log(densities.good[i].density(coordinate) / densities.others[i].density(coordinate));
    }
    return sum;
}

Point TpeSearch::point(std::size_t index, std::span<const Observation> seen) const {
    Random random(seed_, index);
    // Also the answer when every candidate has been tried: a list of few values is soon used up.
    Point chosen = random_point(parameters_, random);
    if (seen.size() < kRandomTrials) return chosen;
    std::set<std::string> tried;
    for (const Observation& observation : seen) tried.insert(point_key(observation.point));
    const Densities made = densities(seen);
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < kCandidates; ++i) {
        const Point candidate = draw(made, random);
        const double ratio = log_ratio(made, candidate);
        if (ratio <= best || tried.contains(point_key(candidate))) continue;
        best = ratio;
        chosen = candidate;
    }
    return chosen;
}

}  // namespace melvit
