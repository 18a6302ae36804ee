#pragma once

#include "melvit/core/random.h"
#include "melvit/dataset/feature_table.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// Tracks that must stay in one subset.
using TrackGroup = std::vector<std::size_t>;

/// Which tracks form a group.
struct GroupingRules {
    bool duplicates = true;  ///< those of the same bytes, sound, or folder and stem
    bool artists = false;    ///< those of one artist
};

/// The groups of a table, each in ascending order; every track is in one.
std::vector<TrackGroup> group_tracks(const FeatureTable& table, const GroupingRules& rules);

/// How many tracks of each stratum go to each subset: [strata][subsets].
using Quotas = std::vector<std::vector<long>>;

/// Assigns groups to subsets at random: larger groups first, each to a subset whose quota has room for all of it,
/// then single tracks into what is left. So the sizes are exact unless a group fits nowhere; then it goes to the
/// subset with most of its quota left. While there are enough groups no subset stays empty.
///
/// stratum  [tracks]
/// quotas   add up to the tracks of each stratum
/// returns  [tracks], the subset of each
std::vector<std::size_t> assign_groups(std::vector<TrackGroup> groups,
                                       const std::vector<std::size_t>& stratum, Quotas quotas, Random random);

/// Cuts `total` into shares proportional to `weights`, none above its weight (largest remainders, ties at
/// random).
///
/// total  at most the sum of the weights
std::vector<std::size_t> apportion(std::size_t total, const std::vector<std::size_t>& weights,
                                   Random& random);

}  // namespace melvit
