#pragma once

#include <vector>

namespace melvit {

/// Mono sound: samples in [-1, 1] (a little beyond where a lossy codec overshoots).
struct Waveform {
    std::vector<float> samples;
    int sample_rate_hz = 22050;

    double duration_seconds() const { return static_cast<double>(samples.size()) / sample_rate_hz; }
};

}  // namespace melvit
