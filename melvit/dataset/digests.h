#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split.h"

#include <string>

namespace melvit {

/// The SHA-256 of a data set: the genre and the bytes of each file, in order.
std::string data_sha256(const FeatureTable& table);

/// The SHA-256 of which tracks are in which subset.
std::string split_sha256(const Split& split);

}  // namespace melvit
