#include "melvit/search/parzen.h"

#include "melvit/core/error.h"
#include "melvit/core/statistics.h"
#include "melvit/core/text.h"
#include "melvit/search/distribution.h"
#include "melvit/search/random_search.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace melvit {
namespace {

// Where quantile() is asked: 0 and 1 themselves are not in its range.
constexpr double kEdge = 1e-9;

// No kernel is narrower than a hundredth of the range, nor than one part of as many as there are
// observations.
constexpr double kNarrowest = 0.01;

// Of a kernel around a listed value, what all values share. Without it a search in few trials never leaves
// the first value that did well.
constexpr double kSpread = 0.5;

double gaussian(double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
}

}  // namespace

ParzenAxis::ParzenAxis(const Distribution& distribution) : distribution_(distribution) {
    if (!melvit::is_listed(distribution.kind)) return;
    shares_ = distribution.probabilities;
    const std::size_t count = distribution.values.size();
    if (shares_.empty()) shares_.assign(count, 1 / static_cast<double>(count));
    for (const auto& value : distribution.values) keys_.push_back(value_key(value));
}

double ParzenAxis::coordinate(const nlohmann::ordered_json& value) const {
    if (!is_listed() && value.is_number()) return share_below(distribution_, value.get<double>());
    const std::string key = value_key(value);
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    if (found == keys_.end()) {
        throw Error("a trial of the sweep", "needs values of the sweep's parameters",
                    "it has " + printable(key));
    }
    return static_cast<double>(found - keys_.begin());
}

nlohmann::ordered_json ParzenAxis::value(double coordinate) const {
    if (is_listed()) return distribution_.values[static_cast<std::size_t>(coordinate)];
    return quantile(distribution_, std::clamp(coordinate, kEdge, 1 - kEdge));
}

Parzen::Parzen(const ParzenAxis& axis, std::vector<double> centres)
    : axis_(axis), centres_(std::move(centres)) {
    if (axis_.is_listed()) {
        counts_.assign(axis_.shares().size(), 0);
        for (const double centre : centres_) counts_[static_cast<std::size_t>(centre)] += 1;
    } else {
        std::sort(centres_.begin(), centres_.end());
        set_kernels();
    }
}

void Parzen::set_kernels() {
    const std::size_t count = centres_.size();
    const double narrowest = std::max(kNarrowest, 1 / static_cast<double>(count + 1));
    for (std::size_t i = 0; i < count; ++i) {
        const double left = centres_[i] - (i == 0 ? 0 : centres_[i - 1]);
        const double right = (i + 1 == count ? 1 : centres_[i + 1]) - centres_[i];
        Kernel kernel{.centre = centres_[i], .sigma = std::clamp(std::max(left, right), narrowest, 1.0)};
        kernel.below = normal_cdf(-kernel.centre / kernel.sigma);
        kernel.inside = normal_cdf((1 - kernel.centre) / kernel.sigma) - kernel.below;
        kernels_.push_back(kernel);
    }
}

double Parzen::draw(Random& random) const {
    return axis_.is_listed() ? draw_listed(random) : draw_number(random);
}

double Parzen::draw_number(Random& random) const {
    const std::size_t chosen = random.below(kernels_.size() + 1);
    const double share = random_share(random);
    if (chosen == kernels_.size()) return share;
    const Kernel& kernel = kernels_[chosen];
    const double z = normal_quantile(std::clamp(kernel.below + share * kernel.inside, 1e-15, 1 - 1e-15));
    return std::clamp(kernel.centre + kernel.sigma * z, 0.0, 1.0);
}

double Parzen::draw_listed(Random& random) const {
    const std::size_t chosen = random.below(centres_.size() + 1);
    const double share = random_share(random);
    const bool stays = random_share(random) >= kSpread;
    if (chosen < centres_.size() && stays) return centres_[chosen];
    double below = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < axis_.shares().size() && below <= share; ++i) {
        if (axis_.shares()[i] > 0) last = i;
        below += axis_.shares()[i];
    }
    return static_cast<double>(last);
}

double Parzen::density(double coordinate) const {
    if (axis_.is_listed()) return listed_density(static_cast<std::size_t>(coordinate));
    double sum = 1;
    for (const Kernel& kernel : kernels_) {
        const double z = (coordinate - kernel.centre) / kernel.sigma;
        sum += gaussian(z) / (kernel.sigma * kernel.inside);
    }
    return sum / static_cast<double>(kernels_.size() + 1);
}

double Parzen::listed_density(std::size_t choice) const {
    const double own = axis_.shares()[choice];
    if (own <= 0) return 1;
    const auto count = static_cast<double>(centres_.size());
    return (1 + kSpread * count + (1 - kSpread) * counts_[choice] / own) / (1 + count);
}

}  // namespace melvit
