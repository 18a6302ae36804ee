#pragma once

#include "melvit/core/statistics.h"
#include "melvit/training/split_study.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace melvit {

/// What the runs of one recipe under one protocol, at one fraction of the training set, say together.
struct SplitSummary {
    std::string recipe;
    std::string protocol;
    double fraction = 1;
    std::size_t runs = 0;                             ///< with figures; the estimates are over these
    std::size_t failed = 0;                           ///< without
    std::size_t train = 0, validation = 0, test = 0;  ///< tracks, of the first run
    std::size_t test_tracks = 0;                      ///< different tracks that any run tested
    /// NaN without runs; intervals allow for what redrawn splits share (estimate_of).
    Estimate validation_accuracy, test_accuracy, test_macro_f1, test_loss;
    /// What the number of test tracks allows, whatever the number of runs: Wilson's interval of the mean
    /// accuracy, were it that of one run on test_tracks.
    std::pair<double, double> tracks95{0, 0};
};

/// One summary for each protocol and fraction, in the order of the runs.
std::vector<SplitSummary> summarise(const RecipeRuns& runs);

/// Whether two recipes differ under one protocol, on whole training sets.
struct RecipeComparison {
    std::string first, second;  ///< recipes
    std::string protocol;
    double overlap = 0;   ///< that the test allowed for, see estimate_of
    PairedTest accuracy;  ///< over runs of the same split and seed; NaN for fewer than two pairs
    std::size_t tracks = 0;
    McNemarTest mistakes;  ///< each track once, by the first run that tests it
};

/// One comparison for each protocol that both ran.
///
/// returns  none when the recipes read different tracks: their splits are not the same then
std::vector<RecipeComparison> compare(const RecipeRuns& first, const RecipeRuns& second);

}  // namespace melvit
