#include "apps/synth/genre_rules.h"
#include "apps/synth/harmony.h"
#include "apps/synth/instruments.h"
#include "apps/synth/orchestra.h"
#include "apps/synth/rhythm.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace melvit {
namespace {

/// The power of the samples at one frequency (a single bin of a Fourier transform).
double power_at(const std::vector<float>& samples, double frequency_hz) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double angle = 2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / 22050;
        sum += static_cast<double>(samples[i]) * std::polar(1.0, -angle);
    }
    return std::norm(sum);
}

std::vector<float> play_a440(const Instrument& instrument) {
    std::vector<float> samples(22050);
    Random random(1);
    play(instrument, {.start_seconds = 0, .seconds = 1, .midi = 69, .level = 1}, {samples, 22050}, random);
    return samples;
}

TEST(Rhythm, ABarIsReadAsStepsAndHeldSteps) {
    const std::vector<Step> steps = read_bar("X-.o-x--");
    ASSERT_EQ(steps.size(), 3U);
    EXPECT_EQ(steps[0].symbol, 'X');
    EXPECT_DOUBLE_EQ(steps[0].length, 2.0 / 8);
    EXPECT_DOUBLE_EQ(steps[1].start, 3.0 / 8);
    EXPECT_DOUBLE_EQ(steps[2].length, 3.0 / 8);
}

TEST(Harmony, ChordsFollowTheScale) {
    const Key c_major{0, Scale::major};
    EXPECT_EQ(chord_on(c_major, 2, ChordKind::triad), (Chord{2, 5, 9}));          // D minor
    EXPECT_EQ(chord_on(c_major, 5, ChordKind::seventh), (Chord{7, 11, 14, 17}));  // G7
    EXPECT_EQ(chord_on(c_major, 4, ChordKind::dominant), (Chord{5, 9, 12, 15}));  // F7
    EXPECT_EQ(chord_on({4, Scale::phrygian}, 2, ChordKind::power), (Chord{5, 12, 17}));
}

TEST(Harmony, ChordTonesStartAboveTheRegisterAndGoOnInTheNextOctave) {
    const Chord d_minor{2, 5, 9};
    EXPECT_EQ(chord_tone(d_minor, 1, 48), 50);
    EXPECT_EQ(chord_tone(d_minor, 2, 51), 65);
    EXPECT_EQ(chord_tone(d_minor, 4, 48), 62);
}

TEST(Harmony, AMelodyRestsOnTheChordOnStrongBeats) {
    const Key key{7, Scale::major};
    const Chord chord = chord_on(key, 4, ChordKind::triad);
    Melody melody(key, 60, Random(3));
    for (int i = 0; i < 100; ++i) {
        const int midi = melody.next(chord, true);
        EXPECT_TRUE(std::ranges::any_of(chord, [&](int tone) { return (tone - midi) % 12 == 0; })) << midi;
        EXPECT_GE(midi, 60);
        EXPECT_LT(midi, 90);
    }
}

TEST(Instruments, PitchedOnesSoundAtTheirPitch) {
    for (const Instrument& instrument :
         {Instrument(orchestra::kFlute), Instrument(orchestra::kPiano),
          Instrument(orchestra::kElectricGuitar), Instrument(orchestra::kUprightBass),
          Instrument(orchestra::kElectricPiano)}) {
        const std::vector<float> samples = play_a440(instrument);
        EXPECT_GT(power_at(samples, 440), 20 * power_at(samples, 428)) << instrument.index();
        EXPECT_GT(power_at(samples, 440), 20 * power_at(samples, 452)) << instrument.index();
    }
}

TEST(Instruments, ANoteBeyondTheEndIsCut) {
    std::vector<float> samples(100);
    Random random(1);
    for (const Instrument& instrument : {Instrument(orchestra::kSnare), Instrument(orchestra::kVoice),
                                         Instrument(orchestra::kBanjo), Instrument(orchestra::kBell)}) {
        play(instrument, {.start_seconds = 0.004, .seconds = 1}, {samples, 22050}, random);
        play(instrument, {.start_seconds = 9, .seconds = 1}, {samples, 22050}, random);
    }
    EXPECT_NE(samples[99], 0.0F);
}

TEST(GenreRules, EveryRowOfTheTableCanBePlayed) {
    for (const GenreRules& rules : genre_rules()) {
        EXPECT_LE(rules.beats_per_minute.low, rules.beats_per_minute.high) << rules.name;
        for (const std::string_view progression : rules.progressions) {
            EXPECT_EQ(progression.find_first_not_of("1234567"), std::string_view::npos) << rules.name;
        }
        for (const Part& part : rules.parts) {
            ASSERT_FALSE(part.patterns.empty()) << rules.name;
            const std::string_view allowed = part.role == Role::line ? "123456-." : "xXo-.";
            for (const std::string_view pattern : part.patterns) {
                EXPECT_EQ(pattern.find_first_not_of(allowed), std::string_view::npos)
                    << rules.name << pattern;
                EXPECT_TRUE(pattern.size() == 6 || pattern.size() == 8 || pattern.size() == 12 ||
                            pattern.size() == 16)
                    << rules.name << pattern;
            }
        }
        EXPECT_TRUE(std::ranges::any_of(rules.parts,
                                        [](const Part& part) {
                                            return part.chance >= 1 && part.sections == "abc" &&
                                                   part.bars == Bars::every;
                                        }))
            << rules.name << " may be silent";
    }
}

}  // namespace
}  // namespace melvit
