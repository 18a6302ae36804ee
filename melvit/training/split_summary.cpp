#include "melvit/training/split_summary.h"

#include "melvit/training/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace melvit {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Runs = std::vector<const StudyRun*>;

/// The runs of each protocol and fraction, in the order in which these come first.
std::vector<Runs> groups_of(const std::vector<StudyRun>& runs) {
    std::map<std::pair<std::string, double>, std::size_t> place;
    std::vector<Runs> groups;
    for (const StudyRun& run : runs) {
        const auto found = place.emplace(std::pair(run.protocol, run.fraction), groups.size()).first;
        if (found->second == groups.size()) groups.emplace_back();
        groups[found->second].push_back(&run);
    }
    return groups;
}

/// What the runs of a protocol share, see estimate_of.
double overlap_of(const StudyRun& run) {
    if (!find_split_protocol(run.protocol).redraws_all) return 0;
    return static_cast<double>(run.test) / static_cast<double>(run.train);
}

Estimate estimate_over(const Runs& runs, double StudyRun::*figure) {
    if (runs.empty()) return {0, kNan, kNan, {kNan, kNan}};
    std::vector<double> values;
    for (const StudyRun* run : runs) values.push_back(run->*figure);
    return estimate_of(values, overlap_of(*runs.front()));
}

/// The same of a share, whose mean cannot lie outside of 0 to 1: few runs have intervals that would.
Estimate share_over(const Runs& runs, double StudyRun::*share) {
    Estimate estimate = estimate_over(runs, share);
    auto& [low, high] = estimate.interval95;
    low = std::max(low, 0.0);
    high = std::min(high, 1.0);
    return estimate;
}

SplitSummary summary_of(const Runs& all) {
    Runs runs;
    std::set<std::size_t> tested;
    for (const StudyRun* run : all) {
        if (!run->error.empty()) continue;
        runs.push_back(run);
        tested.insert(run->test_tracks.begin(), run->test_tracks.end());
    }
    const StudyRun& first = *all.front();
    SplitSummary summary;
    summary.recipe = first.recipe;
    summary.protocol = first.protocol;
    summary.fraction = first.fraction;
    summary.runs = runs.size();
    summary.failed = all.size() - runs.size();
    summary.train = first.train;
    summary.validation = first.validation;
    summary.test = first.test;
    summary.test_tracks = tested.size();
    summary.validation_accuracy = share_over(runs, &StudyRun::validation_accuracy);
    summary.test_accuracy = share_over(runs, &StudyRun::test_accuracy);
    summary.test_macro_f1 = share_over(runs, &StudyRun::test_macro_f1);
    summary.test_loss = estimate_over(runs, &StudyRun::test_loss);
    summary.tracks95 = {kNan, kNan};
    if (runs.empty()) return summary;
    const auto right = std::lround(summary.test_accuracy.mean * static_cast<double>(tested.size()));
    summary.tracks95 = wilson_interval(static_cast<std::size_t>(right), tested.size());
    return summary;
}

/// Two runs of the same split and seed.
struct Pair {
    const StudyRun* first;
    const StudyRun* second;
};

std::vector<Pair> pairs_of(const Runs& first, const RecipeRuns& second) {
    std::vector<Pair> pairs;
    for (const StudyRun* run : first) {
        const auto found = std::ranges::find_if(second.runs, [run](const StudyRun& other) {
            return other.protocol == run->protocol && other.fraction == run->fraction &&
                   other.seed == run->seed && other.fold == run->fold &&
                   other.test_tracks == run->test_tracks;
        });
        if (found == second.runs.end() || !run->error.empty() || !found->error.empty()) continue;
        pairs.push_back({run, &*found});
    }
    return pairs;
}

PairedTest accuracy_test(const std::vector<Pair>& pairs, double overlap) {
    std::vector<double> first, second;
    for (const Pair& pair : pairs) {
        first.push_back(pair.first->test_accuracy);
        second.push_back(pair.second->test_accuracy);
    }
    if (pairs.size() > 1) return paired_t_test(first, second, overlap);
    return {pairs.size(), second.at(0) - first.at(0), {kNan, kNan}, kNan, kNan};
}

/// Each track once, so that no track counts more than others and the mistakes are independent.
McNemarTest mistakes_test(const std::vector<Pair>& pairs) {
    std::set<std::size_t> seen;
    std::vector<bool> first, second;
    for (const Pair& pair : pairs) {
        for (std::size_t i = 0; i < pair.first->test_tracks.size(); ++i) {
            if (!seen.insert(pair.first->test_tracks[i]).second) continue;
            first.push_back(pair.first->right[i]);
            second.push_back(pair.second->right[i]);
        }
    }
    return mcnemar_test(first, second);
}

}  // namespace

std::vector<SplitSummary> summarise(const RecipeRuns& runs) {
    std::vector<SplitSummary> summaries;
    for (const Runs& group : groups_of(runs.runs)) summaries.push_back(summary_of(group));
    return summaries;
}

std::vector<RecipeComparison> compare(const RecipeRuns& first, const RecipeRuns& second) {
    std::vector<RecipeComparison> comparisons;
    if (first.files != second.files) return comparisons;
    for (const Runs& group : groups_of(first.runs)) {
        if (group.front()->fraction != 1.0) continue;
        const std::vector<Pair> pairs = pairs_of(group, second);
        if (pairs.empty()) continue;
        const StudyRun& run = *pairs.front().first;
        RecipeComparison comparison;
        comparison.first = first.recipe;
        comparison.second = second.recipe;
        comparison.protocol = run.protocol;
        comparison.overlap = overlap_of(run);
        comparison.accuracy = accuracy_test(pairs, comparison.overlap);
        comparison.mistakes = mistakes_test(pairs);
        comparison.tracks = comparison.mistakes.both_right + comparison.mistakes.only_first +
                            comparison.mistakes.only_second + comparison.mistakes.both_wrong;
        comparisons.push_back(comparison);
    }
    return comparisons;
}

}  // namespace melvit
