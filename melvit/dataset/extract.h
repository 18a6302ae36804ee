#pragma once

#include "melvit/core/context.h"
#include "melvit/core/error.h"
#include "melvit/core/export.h"
#include "melvit/core/numeric_identity.h"
#include "melvit/dataset/catalog.h"
#include "melvit/dataset/feature_cache.h"
#include "melvit/dataset/feature_table.h"
#include "melvit/spectrum/preprocess.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// What is needed to turn a catalog into features.
struct ExtractJob {
    FrontEnd front_end{};
    FeatureConfig features{};
    Precision precision = Precision::fp32;
    std::filesystem::path cache_folder{};  ///< empty: no cache
};

struct ExtractResult {
    FeatureTable table;
    NumericIdentity identity;      ///< of the features; empty for an extractor of another kind
    std::vector<Skipped> skipped;  ///< what the catalog skipped, then broken files: not in the table
    /// The catalog's, and sentences about files that decoded in part and a cache that cannot be written.
    std::vector<std::string> notes;
    std::size_t images = 0;         ///< images that went through the body now
    std::size_t cached_tracks = 0;  ///< tracks whose features the cache held
    double seconds = 0;
};

/// Features of every track of a catalog, out of the cache where they are there. Files of the same bytes go
/// through the body once. A file that changes between its digest and its last sample is read again, then
/// skipped: features are always of the bytes whose digest stands beside them, also in the cache. Memory holds the images of one track for each thread, and the features.
///
/// context  progress in "files read" and "tracks"
/// throws   Error for a front end that does not work and when no track is left; Stopped, with everything
///          finished so far in the cache
MELVIT_API ExtractResult extract_features(const Catalog& catalog, const Body& body, const ExtractJob& job,
                                          const Context& context = {});

/// The same with any extractor.
///
/// extractor_name  all that its features depend on besides images and job.features: the weights' digest, the
///                 numeric identity
MELVIT_API ExtractResult extract_features(const Catalog& catalog, const FeatureExtractor& extractor,
                                          const std::string& extractor_name, const ExtractJob& job,
                                          const Context& context = {});

}  // namespace melvit
