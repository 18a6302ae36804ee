#include "melvit/search/grid_search.h"

#include "melvit/search/distribution.h"

#include <algorithm>
#include <cassert>

namespace melvit {

GridSearch::GridSearch(const SweepFile& file) {
    for (const Parameter& parameter : file.parameters) {
        axes_.push_back({parameter.name, grid_values(parameter.distribution)});
        trials_ *= axes_.back().values.size();
    }
    if (file.run_cap) trials_ = std::min(trials_, *file.run_cap);
}

Point GridSearch::point(std::size_t index, std::span<const Observation> /*seen*/) const {
    assert(index < trials_);
    std::vector<std::size_t> choices(axes_.size());
    for (std::size_t i = axes_.size(); i-- > 0;) {
        choices[i] = index % axes_[i].values.size();
        index /= axes_[i].values.size();
    }
    Point point = Point::object();
    for (std::size_t i = 0; i < axes_.size(); ++i) point[axes_[i].name] = axes_[i].values[choices[i]];
    return point;
}

}  // namespace melvit
