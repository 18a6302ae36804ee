#include "apps/synth/song.h"

#include "apps/synth/filters.h"
#include "apps/synth/rhythm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace melvit {
namespace {

constexpr int kRateHz = 22050;
constexpr float kRate = static_cast<float>(kRateHz);
constexpr float kPeak = 0.9F;

template <class T>
const T& one_of(const std::vector<T>& choices, Random& random) {
    return choices[random.below(choices.size())];
}

float draw(const Range& range, Random& random) {
    return random.uniform(range.low, range.high);
}

/// A bar of the song: its section, where it stands in it, and its chord.
struct Bar {
    double start_seconds = 0;
    std::size_t section = 0;
    char letter = 'a';
    bool is_first = false, is_last = false;
    Chord chord;
};

/// What all players of a song agree on.
struct Score {
    Key key;
    double bar_seconds = 2;
    std::vector<Bar> bars;
};

Score write_score(const GenreRules& rules, Random& random, double seconds) {
    Score score;
    score.key = {static_cast<int>(random.below(12)), one_of(rules.scales, random)};
    score.bar_seconds = 60.0 * rules.beats_in_bar / static_cast<double>(draw(rules.beats_per_minute, random));
    const std::string_view progression = one_of(rules.progressions, random);
    const std::string_view form = one_of(rules.forms, random);
    const auto section_bars = static_cast<std::size_t>(rules.bars_in_section);
    // A clip is rarely a song's beginning.
    const std::size_t first = random.below(form.size() * section_bars);
    const auto count = static_cast<std::size_t>(seconds / score.bar_seconds) + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t bar = first + i, section = bar / section_bars, in_section = bar % section_bars;
        const int degree = progression[bar % progression.size()] - '0';
        score.bars.push_back({static_cast<double>(i) * score.bar_seconds, section,
                              form[section % form.size()], in_section == 0, in_section + 1 == section_bars,
                              chord_on(score.key, degree, rules.chords)});
    }
    return score;
}

bool plays_in(const Part& part, const Bar& bar) {
    if (part.sections.find(bar.letter) == std::string_view::npos) return false;
    switch (part.bars) {
        case Bars::first:
            return bar.is_first;
        case Bars::last:
            return bar.is_last;
        case Bars::every:
            break;
    }
    return true;
}

/// A player with a part, its own random numbers and its own samples.
class Player {
public:
    Player(const GenreRules& rules, const Part& part, const Score& score, Random random,
           std::span<float> samples)
        : rules_(rules),
          part_(part),
          score_(score),
          random_(random),
          bus_{samples, kRate},
          melody_(score.key, part.lowest_midi, Random(random.bits())) {}

    void play_all() {
        for (std::size_t i = 0; i < score_.bars.size(); ++i) {
            const Bar& bar = score_.bars[i];
            if (i == 0 || bar.is_first) pattern_ = read_bar(one_of(part_.patterns, random_));
            if (!plays_in(part_, bar)) continue;
            for (const Step& step : pattern_) play_step(bar, step);
        }
        overdrive(bus_.samples, part_.drive);
    }

private:
    void play_step(const Bar& bar, const Step& step) {
        const double late = static_cast<double>(rules_.late_ms * 0.001F * random_.uniform());
        Note note{.start_seconds = bar.start_seconds + step.start * score_.bar_seconds + late,
                  .seconds = step.length * score_.bar_seconds * static_cast<double>(part_.gate),
                  .level = step_level(step.symbol) * random_.uniform(0.85F, 1.0F)};
        for (const int midi : tones(bar, step)) {
            note.midi = static_cast<float>(midi);
            play(part_.instrument, note, bus_, random_);
            note.start_seconds += 0.004;  // fingers and strings do not strike as one
        }
    }

    std::vector<int> tones(const Bar& bar, const Step& step) {
        switch (part_.role) {
            case Role::line:
                return {chord_tone(bar.chord, step.symbol - '0', part_.lowest_midi)};
            case Role::melody: {
                const double beat = step.start * rules_.beats_in_bar;
                return {melody_.next(bar.chord, std::abs(beat - std::round(beat)) < 1e-6)};
            }
            case Role::chords:
                break;
            case Role::drum:
                return {0};
        }
        std::vector<int> chord;
        for (int tone = 1; tone <= static_cast<int>(bar.chord.size()); ++tone) {
            chord.push_back(chord_tone(bar.chord, tone, part_.lowest_midi));
        }
        return chord;
    }

    const GenreRules& rules_;
    const Part& part_;
    const Score& score_;
    Random random_;
    Bus bus_;
    Melody melody_;
    std::vector<Step> pattern_;
};

/// The recording: noise, the end of its treble, the room, the level.
void master(const GenreRules& rules, Random& random, std::vector<float>& samples) {
    add_room(samples, rules.room * random.uniform(0.6F, 1.2F), kRate);
    const float treble_hz = draw(rules.treble_hz, random);
    BandPass band(0, treble_hz, kRate);
    for (float& sample : samples) sample = band(sample);
    float loudest = 1e-6F;
    for (const float sample : samples) loudest = std::max(loudest, std::abs(sample));
    const float hiss = std::pow(10.0F, draw(rules.hiss_db, random) / 20.0F);
    const float gain = kPeak / (loudest * (1 + hiss));
    for (float& sample : samples) sample = gain * (sample + hiss * loudest * random.uniform(-1, 1));
}

}  // namespace

Waveform play_song(const GenreRules& rules, Random random, double seconds) {
    const auto length = static_cast<std::size_t>(std::lround(seconds * kRateHz));
    const Score score = write_score(rules, random, seconds);
    Waveform song{.samples = std::vector<float>(length), .sample_rate_hz = kRateHz};
    std::vector<float> part_samples(length);
    for (const Part& part : rules.parts) {
        // Drawn whether the part plays or not, so that the others' numbers stay the same.
        const std::uint64_t part_seed = random.bits();
        const float level = part.level * random.uniform(0.75F, 1.25F);
        if (random.uniform() >= part.chance) continue;
        std::ranges::fill(part_samples, 0.0F);
        Player(rules, part, score, Random(part_seed), part_samples).play_all();
        for (std::size_t i = 0; i < length; ++i) song.samples[i] += level * part_samples[i];
    }
    master(rules, random, song.samples);
    return song;
}

}  // namespace melvit
