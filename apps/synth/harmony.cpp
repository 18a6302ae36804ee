#include "apps/synth/harmony.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace melvit {
namespace {

constexpr int kOctave = 12;
constexpr int kMelodySteps = 11;  // an octave and a half

/// Semitones above the tonic.
std::array<int, 7> semitones(Scale scale) {
    switch (scale) {
        case Scale::major:
            return {0, 2, 4, 5, 7, 9, 11};
        case Scale::dorian:
            return {0, 2, 3, 5, 7, 9, 10};
        case Scale::phrygian:
            return {0, 1, 3, 5, 7, 8, 10};
        case Scale::mixolydian:
            return {0, 2, 4, 5, 7, 9, 10};
        case Scale::minor:
            break;
    }
    return {0, 2, 3, 5, 7, 8, 10};
}

/// Semitones of a step of the scale above C; steps count from 0 and go on in the next octave.
int pitch(const Key& key, int step) {
    return key.tonic + kOctave * (step / 7) + semitones(key.scale)[static_cast<std::size_t>(step % 7)];
}

}  // namespace

Chord chord_on(const Key& key, int degree, ChordKind kind) {
    const int root = pitch(key, degree - 1);
    switch (kind) {
        case ChordKind::power:
            return {root, root + 7, root + kOctave};
        case ChordKind::dominant:
            return {root, root + 4, root + 7, root + 10};
        case ChordKind::triad:
            return {root, pitch(key, degree + 1), pitch(key, degree + 3)};
        case ChordKind::seventh:
            break;
    }
    return {root, pitch(key, degree + 1), pitch(key, degree + 3), pitch(key, degree + 5)};
}

int chord_tone(const Chord& chord, int tone, int lowest_midi) {
    const auto count = static_cast<int>(chord.size());
    const int root = lowest_midi + (chord[0] - lowest_midi % kOctave + 2 * kOctave) % kOctave;
    const int above_root = chord[static_cast<std::size_t>((tone - 1) % count)] - chord[0];
    return root + above_root + kOctave * ((tone - 1) / count);
}

Melody::Melody(const Key& key, int lowest_midi, Random random)
    : key_(key), lowest_midi_(lowest_midi), random_(std::move(random)) {}

int Melody::midi_of(int step) const {
    const int tonic = lowest_midi_ + (key_.tonic - lowest_midi_ % kOctave + kOctave) % kOctave;
    return tonic + pitch(key_, step) - key_.tonic;
}

int Melody::next(const Chord& chord, bool is_strong) {
    step_ = std::clamp(step_ + static_cast<int>(random_.below(5)) - 2, 0, kMelodySteps);
    if (!is_strong) return midi_of(step_);
    const auto is_in_chord = [&](int step) {
        return std::ranges::any_of(chord, [&](int tone) { return (tone - midi_of(step)) % kOctave == 0; });
    };
    for (int distance = 0; distance < 4; ++distance) {
        for (const int step : {step_ - distance, step_ + distance}) {
            if (step >= 0 && step <= kMelodySteps && is_in_chord(step)) return midi_of(step_ = step);
        }
    }
    return midi_of(step_);
}

}  // namespace melvit
