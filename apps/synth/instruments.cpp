#include "apps/synth/instruments.h"

#include "apps/synth/filters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace melvit {
namespace {

constexpr float kTwoPi = 2 * std::numbers::pi_v<float>;
constexpr float kHighestPartialHz = 10000.0F;

float hertz(float midi) {
    return 440.0F * std::exp2((midi - 69.0F) / 12.0F);
}

/// An angle that keeps turning, kept small so that it stays exact.
float turned(float radians, float step) {
    const float sum = radians + step;
    return sum < kTwoPi ? sum : sum - kTwoPi;
}

/// The factor that, applied once a sample, takes a level to 1/e in `seconds`.
float decay_a_sample(float seconds, float sample_rate_hz) {
    return std::exp(-1.0F / (std::max(seconds, 1e-4F) * sample_rate_hz));
}

/// The samples of the bus that a note of this length fills.
std::span<float> room_for(const Note& note, double seconds, Bus bus) {
    const double rate = static_cast<double>(bus.sample_rate_hz);
    const auto start = static_cast<std::size_t>(std::max(0.0, note.start_seconds) * rate);
    if (start >= bus.samples.size()) return {};
    const auto length = static_cast<std::size_t>(seconds * rate) + 1;
    return bus.samples.subspan(start, std::min(length, bus.samples.size() - start));
}

/// The level of an envelope, sample after sample.
class Fader {
public:
    Fader(const Envelope& envelope, double held_seconds, float rate)
        : rise_(1.0F / std::max(1.0F, envelope.attack_seconds * rate)),
          decay_(envelope.decay_seconds > 0 ? decay_a_sample(envelope.decay_seconds, rate) : 1.0F),
          release_(decay_a_sample(envelope.release_seconds / 3.0F, rate)),
          held_(static_cast<std::size_t>(held_seconds * static_cast<double>(rate))) {}

    float next() {
        attack_ = std::min(1.0F, attack_ + rise_);
        level_ *= ++count_ > held_ ? release_ : decay_;
        return attack_ * level_;
    }

private:
    float rise_, decay_, release_;
    std::size_t held_, count_ = 0;
    float attack_ = 0, level_ = 1;
};

/// Three resonances of the mouth, Hz.
struct Vowel {
    float first, second, third;
};

/// source  Peterson and Barney 1952, means of adult speakers
constexpr std::array<Vowel, 5> kVowels = {{{730, 1090, 2440},   // father
                                           {530, 1840, 2480},   // bed
                                           {270, 2290, 3010},   // see
                                           {570, 840, 2410},    // bought
                                           {300, 870, 2240}}};  // boot

float formant_gain(const Vowel& vowel, float frequency_hz) {
    const auto peak = [&](float centre_hz, float width_hz) {
        const float distance = (frequency_hz - centre_hz) / width_hz;
        return std::exp(-0.5F * distance * distance);
    };
    return 0.04F + peak(vowel.first, 110) + 0.6F * peak(vowel.second, 140) + 0.3F * peak(vowel.third, 200);
}

/// The amplitudes of the harmonics below 10 kHz.
std::vector<float> amplitudes(const Additive& timbre, float fundamental_hz, const Vowel& vowel) {
    std::vector<float> level;
    for (int k = 1; k <= timbre.harmonics; ++k) {
        const float order = static_cast<float>(k);
        if (order * fundamental_hz > kHighestPartialHz) break;
        float amplitude = std::pow(order, -timbre.tilt) * (k % 2 == 0 ? timbre.even : 1.0F);
        if (timbre.sings) amplitude *= 2.0F * formant_gain(vowel, order * fundamental_hz);
        level.push_back(amplitude);
    }
    return level;
}

/// One voice of an additive tone, in blocks: within a block pitch and amplitudes stand still.
class HarmonicVoice {
public:
    static constexpr std::size_t kBlock = 64;
    using Block = std::array<float, kBlock>;

    HarmonicVoice(std::vector<float> level, float phase)
        : level_(std::move(level)), sine_(std::sin(phase)), cosine_(std::cos(phase)) {}

    /// The next samples at this angular step: sum over k of level[k] sin(k phase).
    ///
    /// source  Clenshaw's recurrence for a sum of sines
    Block next(float radians_a_sample) {
        Block sine, twice_cosine, last{}, before{};
        const float turn_sine = std::sin(radians_a_sample), turn_cosine = std::cos(radians_a_sample);
        for (std::size_t i = 0; i < kBlock; ++i) {
            sine[i] = sine_;
            twice_cosine[i] = 2 * cosine_;
            const float next_sine = sine_ * turn_cosine + cosine_ * turn_sine;
            cosine_ = cosine_ * turn_cosine - sine_ * turn_sine;
            sine_ = next_sine;
        }
        for (std::size_t k = level_.size(); k > 0; --k) {
            for (std::size_t i = 0; i < kBlock; ++i) {
                const float value = level_[k - 1] + twice_cosine[i] * last[i] - before[i];
                before[i] = last[i];
                last[i] = value;
            }
        }
        for (std::size_t i = 0; i < kBlock; ++i) last[i] *= sine[i];
        return last;
    }

    /// Makes harmonic k weaker by factor^(k - 1).
    void damp(float factor) {
        float power = 1;
        for (float& level : level_) {
            level *= power;
            power *= factor;
        }
    }

private:
    std::vector<float> level_;
    float sine_, cosine_;
};

void play(const Additive& timbre, const Note& note, Bus bus, Random& random) {
    constexpr float kVibratoHz = 5.5F;
    const float rate = bus.sample_rate_hz;
    const float fundamental_hz = hertz(note.midi);
    const std::vector<float> level =
        amplitudes(timbre, fundamental_hz, kVowels[random.below(kVowels.size())]);
    std::vector<HarmonicVoice> voices = {{level, kTwoPi * random.uniform()}};
    if (timbre.detune_cents > 0) voices.emplace_back(level, kTwoPi * random.uniform());
    const float damp = std::exp(-timbre.damping * static_cast<float>(HarmonicVoice::kBlock) / rate);
    Fader fader(timbre.envelope, note.seconds, rate);
    LowPass breath(4 * fundamental_hz, rate);
    const std::span<float> out =
        room_for(note, note.seconds + static_cast<double>(timbre.envelope.release_seconds), bus);
    float vibrato_phase = kTwoPi * random.uniform();
    for (std::size_t start = 0; start < out.size(); start += HarmonicVoice::kBlock) {
        vibrato_phase += kTwoPi * kVibratoHz * static_cast<float>(HarmonicVoice::kBlock) / rate;
        HarmonicVoice::Block sum{};
        float semitones = timbre.vibrato * std::sin(vibrato_phase);
        for (HarmonicVoice& voice : voices) {
            const HarmonicVoice::Block block =
                voice.next(kTwoPi * fundamental_hz * std::exp2(semitones / 12.0F) / rate);
            voice.damp(damp);
            for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += block[i];
            semitones += timbre.detune_cents / 100.0F;
        }
        const std::size_t count = std::min(HarmonicVoice::kBlock, out.size() - start);
        for (std::size_t i = 0; i < count; ++i) {
            if (timbre.breath > 0) sum[i] += timbre.breath * breath(random.uniform(-1, 1));
            out[start + i] += note.level * fader.next() * sum[i];
        }
    }
}

void play(const Fm& timbre, const Note& note, Bus bus, Random&) {
    const float rate = bus.sample_rate_hz;
    const float carrier_step = kTwoPi * hertz(note.midi) / rate;
    const float modulator_step = std::fmod(carrier_step * timbre.ratio, kTwoPi);
    const float index_decay = decay_a_sample(timbre.index_decay_seconds, rate);
    Fader fader(timbre.envelope, note.seconds, rate);
    float index = timbre.index, carrier = 0, modulator = 0;
    for (float& sample :
         room_for(note, note.seconds + static_cast<double>(timbre.envelope.release_seconds), bus)) {
        sample += note.level * fader.next() * std::sin(carrier + index * std::sin(modulator));
        index *= index_decay;
        carrier = turned(carrier, carrier_step);
        modulator = turned(modulator, modulator_step);
    }
}

void play(const Pluck& timbre, const Note& note, Bus bus, Random& random) {
    const float rate = bus.sample_rate_hz;
    const float period =
        rate / hertz(note.midi) - timbre.softness;  // the loop's filter delays by its softness
    const auto length = static_cast<std::size_t>(period);
    if (length < 2) return;
    const float between = period - static_cast<float>(length);
    std::vector<float> line(length + 1);
    LowPass dull(200.0F + 9000.0F * timbre.brightness * timbre.brightness, rate);
    for (float& value : line) value = 2.0F * dull(random.uniform(-1, 1));
    const float keep = std::pow(decay_a_sample(timbre.ring_seconds, rate), period);
    const Envelope envelope{.attack_seconds = 0.001F, .release_seconds = 0.08F};
    Fader fader(envelope, note.seconds, rate);
    float before = 0;
    std::size_t at = 0;
    for (float& sample : room_for(note, note.seconds + 0.08, bus)) {
        const std::size_t next = at + 1 == line.size() ? 0 : at + 1;
        // line[at] is period + 1 samples old, line[next] one less: the string's length lies between.
        const float read = line[next] + between * (line[at] - line[next]);
        line[at] = keep * ((1 - timbre.softness) * read + timbre.softness * before);
        before = read;
        sample += note.level * fader.next() * read;
        at = next;
    }
}

void play(const Drum& timbre, const Note& note, Bus bus, Random& random) {
    constexpr double kLongest = 5;  // times to 1/e until a drum is silent
    constexpr float kBurstSeconds = 0.012F, kInaudible = 1e-3F;
    const float rate = bus.sample_rate_hz;
    const double seconds =
        kLongest * static_cast<double>(std::max(timbre.tone_seconds, timbre.noise_seconds));
    const float tone_decay = decay_a_sample(timbre.tone_seconds, rate);
    const float noise_decay = decay_a_sample(timbre.noise_seconds, rate);
    const float fall = decay_a_sample(timbre.fall_seconds, rate);
    BandPass band(timbre.noise_low_hz, timbre.noise_high_hz, rate);
    const auto burst = static_cast<std::size_t>(kBurstSeconds * rate);
    float tone = timbre.to_hz > 0 ? 1.0F : 0.0F, noise = timbre.noise;
    float above_hz = timbre.from_hz - timbre.to_hz, phase = 0;
    int bursts_left = timbre.bursts - 1;
    std::size_t count = 0;
    for (float& sample : room_for(note, seconds, bus)) {
        if (bursts_left > 0 && ++count % burst == 0) {
            noise = timbre.noise;
            --bursts_left;
        }
        float sum = noise * band(random.uniform(-1, 1));
        noise *= noise_decay;
        if (tone > kInaudible) {
            sum += tone * std::sin(phase);
            phase = turned(phase, kTwoPi * (timbre.to_hz + above_hz) / rate);
            above_hz *= fall;
            tone *= tone_decay;
        }
        sample += note.level * sum;
    }
}

}  // namespace

void play(const Instrument& instrument, const Note& note, Bus bus, Random& random) {
    std::visit([&](const auto& timbre) { play(timbre, note, bus, random); }, instrument);
}

}  // namespace melvit
