#pragma once

#include "melvit/dataset/split.h"

#include <filesystem>
#include <string>

namespace melvit {

/// One of GTZAN's published splits. Tracks are told by genre and number: "blues.00012.wav", "blues00012.png"
/// and "00012.au" in the genre blues are all the same.
///
/// spec    "gtzan-filtered" or "gtzan-stratified"
/// throws  Error when no track is one of GTZAN's
Split gtzan_split(const FeatureTable& table, const std::string& spec);

/// The split of a CSV file; see make_splits.
Split csv_split(const FeatureTable& table, const std::filesystem::path& file);

/// The catalog's own split column.
Split column_split(const FeatureTable& table);

}  // namespace melvit
