#pragma once

#include "melvit/dataset/catalog.h"
#include "melvit/dataset/feature_table.h"

namespace melvit {

/// The tracks of a catalog as a table without features and digests: what splits can be checked against before
/// extraction.
FeatureTable table_without_features(const Catalog& catalog);

}  // namespace melvit
