#pragma once

#include "apps/synth/harmony.h"
#include "apps/synth/instruments.h"

#include <string_view>
#include <vector>

namespace melvit {

/// From which a song draws one value.
struct Range {
    float low = 0;
    float high = 0;
};

/// What a part plays at the steps of its pattern.
enum class Role {
    drum,    ///< its one sound
    line,    ///< the chord's tone that the digit names: basses, broken chords
    chords,  ///< all tones of the chord
    melody,  ///< the next tone of a wandering melody
};

/// In which bars of its sections a part plays.
enum class Bars { every, first, last };

/// One player of the band. The functions return the part with one thing changed, so that a row of the table
/// reads as a sentence.
struct Part {
    Role role = Role::drum;
    Instrument instrument;
    float level = 1;
    int lowest_midi = 48;                      ///< register; drums have their own pitch
    std::vector<std::string_view> patterns{};  ///< a bar each (rhythm.h); a section draws one
    float gate = 0.9F;                         ///< share of a step's length that sounds
    float drive = 0;                           ///< of the amplifier, 0 = clean
    float chance = 1;                          ///< that a song has this part at all
    std::string_view sections = "abc";         ///< those in which it plays
    Bars bars = Bars::every;

    Part held(float share) const { return changed(&Part::gate, share); }
    Part driven(float amount) const { return changed(&Part::drive, amount); }
    Part with_chance(float share) const { return changed(&Part::chance, share); }
    Part in(std::string_view letters) const { return changed(&Part::sections, letters); }
    Part only(Bars which) const { return changed(&Part::bars, which); }

private:
    template <class Value>
    Part changed(Value Part::*member, Value value) const {
        Part part = *this;
        part.*member = value;
        return part;
    }
};

/// A genre: what its songs share, and from what each song draws.
struct GenreRules {
    std::string_view name;
    Range beats_per_minute;
    int beats_in_bar = 4;
    std::vector<Scale> scales;
    ChordKind chords = ChordKind::triad;
    std::vector<std::string_view> progressions;  ///< a degree a bar
    std::vector<std::string_view> forms;         ///< a letter a section: 'a' verse, 'b' chorus, 'c' break
    int bars_in_section = 4;
    float late_ms = 5;  ///< how loosely the players keep time
    float room = 0;     ///< level of the echoes, 0 to 1
    Range treble_hz;    ///< where the recording ends
    Range hiss_db;      ///< noise of the recording, dB below full scale
    std::vector<Part> parts;
};

/// The ten genres of GTZAN, sorted by name.
const std::vector<GenreRules>& genre_rules();

}  // namespace melvit
