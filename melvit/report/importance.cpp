#include "melvit/report/importance.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace melvit {

double explained_share(std::span<const std::size_t> groups, std::span<const double> scores) {
    if (scores.empty()) return std::numeric_limits<double>::quiet_NaN();
    const std::size_t most = *std::max_element(groups.begin(), groups.end()) + 1;
    std::vector<double> sums(most), counts(most);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        sums[groups[i]] += scores[i];
        counts[groups[i]] += 1;
    }
    const auto n = static_cast<double>(scores.size());
    const auto used = static_cast<double>(most) - static_cast<double>(std::ranges::count(counts, 0.0));
    if (n <= used) return std::numeric_limits<double>::quiet_NaN();
    const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / n;
    double total = 0;
    double within = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double of_group = scores[i] - sums[groups[i]] / counts[groups[i]];
        total += (scores[i] - mean) * (scores[i] - mean);
        within += of_group * of_group;
    }
    if (total <= 0) return 0;
    return std::max(0.0, (total - within - (used - 1) * within / (n - used)) / total);
}

std::vector<std::size_t> quantile_groups(std::span<const double> numbers, std::size_t groups) {
    std::vector<double> sorted(numbers.begin(), numbers.end());
    std::ranges::sort(sorted);
    std::vector<std::size_t> places;
    for (const double number : numbers) {
        const auto first = std::ranges::lower_bound(sorted, number) - sorted.begin();
        places.push_back(static_cast<std::size_t>(first) * groups / sorted.size());
    }
    return places;
}

std::vector<double> ranks_of(std::span<const double> scores) {
    std::vector<double> sorted(scores.begin(), scores.end());
    std::ranges::sort(sorted);
    std::vector<double> ranks;
    for (const double score : scores) {
        const auto equal = std::equal_range(sorted.begin(), sorted.end(), score);
        const auto first = static_cast<double>(equal.first - sorted.begin()) + 1;
        ranks.push_back(first + (static_cast<double>(equal.second - equal.first) - 1) / 2);
    }
    return ranks;
}

}  // namespace melvit
