#pragma once

#include "melvit/search/search.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// Every combination of the values: names in sorted order, the last one changes fastest.
class GridSearch : public Search {
public:
    explicit GridSearch(const SweepFile& file);

    std::size_t trials() const override { return trials_; }
    bool learns() const override { return false; }
    Point point(std::size_t index, std::span<const Observation> seen) const override;

private:
    struct Axis {
        std::string name;
        std::vector<nlohmann::ordered_json> values;
    };

    std::vector<Axis> axes_;
    std::size_t trials_ = 1;
};

}  // namespace melvit
