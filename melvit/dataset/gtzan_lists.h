#pragma once

#include <array>
#include <string_view>

namespace melvit {

/// The subsets of the 100 tracks of a genre of GTZAN in its two published splits, a letter a track: 't' train,
/// 'v' validation, 'e' test, '-' left out.
struct GtzanGenre {
    std::string_view name;
    std::string_view filtered;    ///< fault-filtered, 443/197/290
    std::string_view stratified;  ///< 500/250/250
};

/// source  Kereliuk, Sturm, Larsen 2015, "Deep Learning and Music Adversaries", arXiv 1507.04761, and the
///         lists that they published with it. Written by tools/make_splits.py.
extern const std::array<GtzanGenre, 10> kGtzanGenres;

}  // namespace melvit
