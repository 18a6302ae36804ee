#pragma once

#include "melvit/core/file.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <string>
#include <vector>

namespace melvit::test {

/// The format part of a WAV header; `tag` is 1 for PCM, 3 for float, 6 for A-law, 7 for mu-law.
struct WavShape {
    int tag = 1;
    int channels = 1;
    int rate_hz = 22050;
    int bits = 16;
};

inline std::string little_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
    return text;
}

inline std::string number(int value, int bytes) {
    return little_endian(static_cast<std::uint64_t>(value), bytes);
}

/// A WAV header that promises `data_bytes`, whatever follows it.
inline std::string wav_header(const WavShape& shape, std::uint64_t data_bytes) {
    const int block = shape.channels * shape.bits / 8;
    return "RIFF" + little_endian(36 + data_bytes, 4) + "WAVEfmt " + number(16, 4) + number(shape.tag, 2) +
           number(shape.channels, 2) + number(shape.rate_hz, 4) + number(shape.rate_hz * block, 4) +
           number(block, 2) + number(shape.bits, 2) + "data" + little_endian(data_bytes, 4);
}

inline std::string wav_bytes(const WavShape& shape, const std::string& data) {
    return wav_header(shape, data.size()) + data;
}

/// A float WAV file; several channels interleaved.
inline std::string float_wav(const std::vector<float>& samples, int rate_hz, int channels = 1) {
    std::string data(samples.size() * sizeof(float), '\0');
    std::memcpy(data.data(), samples.data(), data.size());
    return wav_bytes({.tag = 3, .channels = channels, .rate_hz = rate_hz, .bits = 32}, data);
}

/// A sine of amplitude 0.5.
inline std::vector<float> tone(double frequency_hz, double seconds, int rate_hz) {
    std::vector<float> samples(static_cast<std::size_t>(std::lround(seconds * rate_hz)));
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double phase = 2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / rate_hz;
        samples[i] = static_cast<float>(0.5 * std::sin(phase));
    }
    return samples;
}

/// Root of the mean square.
inline double rms(const std::vector<float>& samples) {
    double sum = 0;
    for (const float sample : samples) sum += static_cast<double>(sample) * sample;
    return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

}  // namespace melvit::test
