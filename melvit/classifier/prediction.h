#pragma once

#include "melvit/audio/sound_map.h"
#include "melvit/core/export.h"

#include <cstddef>
#include <string>
#include <vector>

namespace melvit {

/// The genres' probabilities over a piece of a track. A silent piece has none.
struct Segment {
    double start_seconds = 0;
    double end_seconds = 0;
    std::vector<double> probabilities;  ///< [genres], sum 1; empty for silence

    bool is_silent() const { return probabilities.empty(); }
};

/// What the classifier says of one file.
struct Prediction {
    std::vector<double> probabilities;  ///< [genres], sum 1
    double duration_seconds = 0;        ///< of the song; the clip's length for a picture
    std::vector<Segment> segments;      ///< in order of time; empty unless asked for
    std::string warning;                ///< empty, or what could not be decoded
};

/// Indices of the `count` largest probabilities, largest first.
MELVIT_API std::vector<std::size_t> top_genres(const std::vector<double>& probabilities, std::size_t count);

/// The probabilities over the stretch of time that one row of features shows.
using TimedProbabilities = Segment;

/// Cuts 0 ... duration into pieces of `segment_seconds`; the last may be shorter, or up to a tenth longer. A
/// piece's probabilities are the mean of those of the rows that overlap it, weighted by the overlap in
/// seconds; where none does, they are the nearest row's. Silence has none, neither a piece nor a row.
///
/// rows   at least one
/// sound  of the whole track; an empty one counts as sound throughout
MELVIT_API std::vector<Segment> segments_of(std::vector<TimedProbabilities> rows, double duration_seconds,
                                            double segment_seconds, const SoundMap& sound = {});

}  // namespace melvit
