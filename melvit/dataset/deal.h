#pragma once

#include "melvit/core/random.h"
#include "melvit/dataset/feature_table.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// Tracks that must stay on one side.
using Group = std::vector<std::size_t>;

/// What ties tracks together.
struct Ties {
    bool duplicates = true;  ///< the same bytes, sound, or folder and stem
    bool artists = false;
};

/// The groups of a table, each in ascending order; every track is in one.
std::vector<Group> group_tracks(const FeatureTable& table, const Ties& ties);

/// How many tracks of each stratum each side takes: [strata][sides].
using Room = std::vector<std::vector<long>>;

/// Deals groups to sides at random: larger groups first, each to a side that has room for all of it, then
/// single tracks into the room that is left. So the sizes are exact unless a group fits nowhere; then it goes
/// where most room is. While there are enough groups no side stays empty.
///
/// stratum  [tracks]
/// room     adds up to the tracks of each stratum
/// returns  [tracks], the side of each
std::vector<std::size_t> deal(std::vector<Group> groups, const std::vector<std::size_t>& stratum, Room room,
                              Random random);

/// Cuts `total` into shares proportional to `weights`, none above its weight (largest remainders, ties at
/// random).
///
/// total  at most the sum of the weights
std::vector<std::size_t> apportion(std::size_t total, const std::vector<std::size_t>& weights,
                                   Random& random);

}  // namespace melvit
