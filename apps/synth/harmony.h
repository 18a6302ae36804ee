#pragma once

#include "melvit/core/random.h"

#include <array>
#include <vector>

namespace melvit {

/// Seven steps in an octave.
enum class Scale { major, dorian, phrygian, mixolydian, minor };

/// How chords are built on a step of the scale.
enum class ChordKind {
    power,     ///< root, fifth, octave
    triad,     ///< every second step of the scale, three of them
    seventh,   ///< four of them
    dominant,  ///< a dominant seventh on every step, as in the blues
};

/// A key: where the scale starts.
struct Key {
    int tonic = 0;  ///< pitch class, 0 = C
    Scale scale = Scale::major;
};

/// A chord as semitones above C, from the root upwards.
using Chord = std::vector<int>;

/// degree  1 to 7
Chord chord_on(const Key& key, int degree, ChordKind kind);

/// The tone number `tone` of a chord, counted from 1 and going on in the next octave; the root is the first
/// one at or above `lowest_midi`.
int chord_tone(const Chord& chord, int tone, int lowest_midi);

/// A melody that wanders over the scale and rests on the tones of the chord.
class Melody {
public:
    /// The tones lie within two and a half octaves above lowest_midi.
    Melody(const Key& key, int lowest_midi, Random random);

    /// is_strong  on a beat, where a tone of the chord is chosen
    int next(const Chord& chord, bool is_strong);

private:
    int midi_of(int step) const;

    Key key_;
    int lowest_midi_;
    Random random_;
    int step_ = 4;
};

}  // namespace melvit
