#pragma once

#include <cmath>
#include <numbers>
#include <span>

namespace melvit {

/// A first-order low-pass filter.
class LowPass {
public:
    LowPass(float cutoff_hz, float sample_rate_hz)
        : share_(1.0F - std::exp(-2.0F * std::numbers::pi_v<float> * cutoff_hz / sample_rate_hz)) {}

    float operator()(float sample) { return value_ += share_ * (sample - value_); }

private:
    float share_;
    float value_ = 0;
};

/// Two low-pass and two high-pass steps one after the other; 0 Hz and half the rate leave their side open.
class BandPass {
public:
    BandPass(float low_hz, float high_hz, float sample_rate_hz)
        : is_low_open_(low_hz <= 0),
          is_high_open_(high_hz >= sample_rate_hz / 2),
          below_{LowPass(low_hz, sample_rate_hz), LowPass(low_hz, sample_rate_hz)},
          above_{LowPass(high_hz, sample_rate_hz), LowPass(high_hz, sample_rate_hz)} {}

    float operator()(float sample) {
        if (!is_high_open_) sample = above_[1](above_[0](sample));
        if (is_low_open_) return sample;
        for (LowPass& filter : below_) sample -= filter(sample);
        return sample;
    }

private:
    bool is_low_open_, is_high_open_;
    LowPass below_[2];
    LowPass above_[2];
};

/// Soft clipping: the harmonics of a driven amplifier. 0 leaves the sound as it is.
void overdrive(std::span<float> samples, float drive);

/// The sound of a room: a handful of decaying echoes.
///
/// level   of the echoes beside the sound, 0 to 1
/// source  Schroeder 1962, "Natural sounding artificial reverberation": parallel combs
void add_room(std::span<float> samples, float level, float sample_rate_hz);

}  // namespace melvit
