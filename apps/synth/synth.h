#pragma once

#include "melvit/audio/waveform.h"
#include "melvit/core/context.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// The genres that melvit can play: GTZAN's ten, sorted.
const std::vector<std::string>& synth_genres();

/// A song by rule: tempo, key, form, players and tunes are drawn from the genre's rules (genre_rules.h).
///
/// genre    one of synth_genres()
/// index    the song's number; a song is a function of (genre, seed, index, seconds) alone
/// seconds  0.1 to 3600
/// returns  22 050 Hz, peak 0.9
/// throws   Error for another genre or length
Waveform make_song(const std::string& genre, std::uint64_t seed, std::size_t index, double seconds);

/// A data set of songs in GTZAN's layout.
struct SynthJob {
    std::filesystem::path folder{};  ///< made when it is not there; files of the same names are replaced
    std::size_t per_genre = 20;      ///< 1 to 100 000 songs
    double seconds = 30;             ///< of each song
    std::uint64_t seed = 1;
};

/// Writes folder/<genre>/<genre>.NNNNN.wav, numbers from 0, on all threads; the bytes do not depend on how
/// many.
///
/// context  progress in "songs"
/// returns  the number of songs
/// throws   Error for settings out of range and where a file cannot be written; Stopped
std::size_t write_songs(const SynthJob& job, const Context& context = {});

}  // namespace melvit
