#pragma once

#include "melvit/core/random.h"

#include <span>
#include <variant>

namespace melvit {

/// A tone of one part: when, how long, how high, how loud.
struct Note {
    double start_seconds = 0;
    double seconds = 0;
    float midi = 60;  ///< pitch in semitones, 69 = 440 Hz; drums have their own
    float level = 1;  ///< amplitude
};

/// How a tone grows and fades.
struct Envelope {
    float attack_seconds = 0.005F;
    float decay_seconds = 0;  ///< time to 1/e while the tone is held; 0 = it stays
    float release_seconds = 0.05F;
};

/// A tone as a sum of harmonics: pianos, organs, strings, winds, voices.
struct Additive {
    int harmonics = 12;
    float tilt = 1.0F;       ///< harmonic k has amplitude 1 / k^tilt
    float even = 1.0F;       ///< level of the even harmonics (0 = clarinet, square)
    float damping = 0;       ///< how much faster harmonic k fades than harmonic 1, 1/s each
    float vibrato = 0;       ///< depth in semitones
    float detune_cents = 0;  ///< distance of a second voice, as in a string section
    float breath = 0;        ///< level of noise
    bool sings = false;      ///< the formants of a random vowel shape the harmonics
    Envelope envelope;
};

/// A sine whose phase another sine moves.
///
/// source  Chowning 1973, "The synthesis of complex audio spectra by means of frequency modulation"
struct Fm {
    float ratio = 1;  ///< modulator's frequency / carrier's
    float index = 2;  ///< depth at the start of the tone, radians
    float index_decay_seconds = 0.3F;
    Envelope envelope;
};

/// A plucked string: a burst of noise in a delay line that is a period long and loses its highs.
///
/// source  Karplus and Strong 1983, "Digital synthesis of plucked-string and drum timbres"
struct Pluck {
    float brightness = 0.5F;    ///< of the burst, 0 (dull) to 1 (noise)
    float softness = 0.3F;      ///< loss of highs on each round, 0 to 0.5
    float ring_seconds = 1.0F;  ///< time to 1/e
};

/// A drum: a sine that falls to its pitch, and filtered noise.
struct Drum {
    float from_hz = 0, to_hz = 0;  ///< 0 = no tone
    float fall_seconds = 0.03F;    ///< how fast the pitch falls
    float tone_seconds = 0.1F;     ///< time to 1/e
    float noise = 0;               ///< level of the noise beside the tone's 1
    float noise_low_hz = 0, noise_high_hz = 11025;
    float noise_seconds = 0.05F;  ///< time to 1/e
    int bursts = 1;               ///< a clap is several hands
};

using Instrument = std::variant<Additive, Fm, Pluck, Drum>;

/// A part's samples, written note over note.
struct Bus {
    std::span<float> samples;
    float sample_rate_hz;
};

/// Adds one note to the bus; what reaches beyond the bus's end is cut.
void play(const Instrument& instrument, const Note& note, Bus bus, Random& random);

}  // namespace melvit
