#pragma once

#include "melvit/training/split_summary.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

/// All that a study of splits found.
struct SplitStudy {
    std::vector<RecipeRuns> recipes;
    std::vector<SplitSummary> summaries;        ///< recipe by recipe
    std::vector<RecipeComparison> comparisons;  ///< of each two recipes
    std::vector<std::string> notes;             ///< what a person should know
};

/// Summaries and comparisons of these runs.
///
/// notes  of extraction and splits; others are added: runs that failed, recipes that cannot be compared
SplitStudy study_of(std::vector<RecipeRuns> recipes, std::vector<std::string> notes);

/// One row a run: names, tracks in each subset, figures, seconds, and why there are none.
std::string split_runs_csv(const SplitStudy& study);

/// One row a recipe, protocol and fraction: runs, tracks, means, sample standard deviations and intervals.
std::string split_summary_csv(const SplitStudy& study);

/// One row a protocol and two recipes: the paired t test over runs and McNemar's over tracks.
std::string split_tests_csv(const SplitStudy& study);

/// {"protocols","tests","runs","notes"}: the rows of the three tables as objects, and the sentences.
nlohmann::ordered_json split_study_json(const SplitStudy& study);

/// A table for people: rows of cells, the first holds the names of the columns.
using TextTable = std::vector<std::vector<std::string>>;

/// Accuracy by protocol, on whole training sets.
TextTable split_table(const SplitStudy& study);

/// Accuracy by fraction of the training set: a row a recipe and protocol, a column a fraction. Empty without
/// curves.
TextTable learning_curve_table(const SplitStudy& study);

/// What the tests between recipes say. Empty with one recipe.
TextTable split_tests_table(const SplitStudy& study);

}  // namespace melvit
