#pragma once

#include "melvit/audio/waveform.h"
#include "melvit/core/random.h"

#include "apps/synth/genre_rules.h"

namespace melvit {

/// Plays one song of a genre.
Waveform play_song(const GenreRules& rules, Random random, double seconds);

}  // namespace melvit
