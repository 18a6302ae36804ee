#include "melvit/search/random_search.h"

#include "melvit/search/distribution.h"

namespace melvit {

double random_share(Random& random) {
    return (static_cast<double>(random.bits() >> 12) + 0.5) * 0x1.0p-52;
}

Point random_point(const std::vector<Parameter>& parameters, Random& random) {
    Point point = Point::object();
    for (const Parameter& parameter : parameters) {
        point[parameter.name] = quantile(parameter.distribution, random_share(random));
    }
    return point;
}

Point RandomSearch::point(std::size_t index, std::span<const Observation> /*seen*/) const {
    Random random(seed_, index);
    return random_point(parameters_, random);
}

}  // namespace melvit
