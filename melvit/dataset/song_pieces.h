#pragma once

#include "melvit/dataset/feature_table.h"
#include "melvit/dataset/split_assignment.h"

#include <vector>

namespace melvit {

/// Groups of tracks whose names look like pieces of one song, two or more each:
///
///   a word for a piece and a number   song.part1, xyz.00000-chunk3, clip_2_of_song
///   a stretch of time                 song_0-30 and song_30-60
///   a number behind a song's name     song_01, song - 002, "song (3)", song/003, where the numbers of two or
///                                     more songs of the genre begin again at 0 or 1
///
/// What goes through a whole data set is its numbering and no song: the genre's own name (blues.00012), and a
/// name that several genres have.
std::vector<TrackGroup> song_pieces(const FeatureTable& table);

}  // namespace melvit
