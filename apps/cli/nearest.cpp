#include "nearest.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>

namespace melvit::cli {
namespace {

/// Letters to insert, remove, replace or swap with their neighbour to turn one word into the other.
///
/// source  optimal string alignment, a restricted Damerau-Levenshtein distance
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

/// Whether the word is the name with letters left out: "tme" of "time_mean".
bool is_shortened(std::string_view word, std::string_view name) {
    if (word.size() < 2 || name.empty() || word.front() != name.front()) return false;
    std::size_t found = 0;
    for (const char letter : name) {
        if (found < word.size() && word[found] == letter) ++found;
    }
    return found == word.size();
}

std::string_view without_dashes(std::string_view text) {
    const std::size_t start = std::min(text.find_first_not_of('-'), text.size());
    return text.substr(start);
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    const std::string typed = lower_case(without_dashes(word));
    if (typed.empty() || typed.size() > 64) return {};
    std::string best;
    std::size_t least = typed.size() + 64;
    for (const std::string& name : names) {
        const std::string known = lower_case(without_dashes(name));
        const std::size_t distance = edit_distance(typed, known);
        const bool is_near =
            distance < known.size() && distance <= std::max<std::size_t>(1, typed.size() / 3);
        if (!is_near && !is_shortened(typed, known)) continue;
        if (distance >= least) continue;
        least = distance;
        best = name;
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
    const std::string name = nearest(word, names);
    return name.empty() ? "" : fmt::format("; did you mean {}?", name);
}

}  // namespace melvit::cli
