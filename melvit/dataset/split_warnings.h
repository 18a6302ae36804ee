#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"

#include <span>
#include <string>
#include <vector>

namespace melvit {

/// Sentences on what these splits cannot measure, or what their tests would flatter: genres that are missing
/// in a subset, too few test tracks, pieces of one song in several subsets (song_pieces.h), the same sound on
/// several subsets. Nothing is refused.
///
/// splits  of the table; of several (folds, seeds) the test sets count together
std::vector<std::string> split_warnings(const FeatureTable& table, std::span<const Split> splits);

/// "14 of 100 tracks repeat another one: 10 by their bytes, 4 by their sound alone", or nothing.
std::string duplicates_text(const FeatureTable& table);

}  // namespace melvit
