#include "melvit/audio/wav.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <string>

namespace melvit {
namespace {

void append_number(std::string& bytes, std::uint64_t value, int byte_count) {
    for (int i = 0; i < byte_count; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
}

/// source  Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", RIFF and WAVE
std::string header(std::size_t samples, int sample_rate_hz) {
    constexpr std::uint64_t kPcm = 1;
    const std::uint64_t data_bytes = samples * 2;
    const auto rate = static_cast<std::uint64_t>(sample_rate_hz);
    std::string bytes = "RIFF";
    append_number(bytes, 36 + data_bytes, 4);
    bytes += "WAVEfmt ";
    append_number(bytes, 16, 4);
    append_number(bytes, kPcm, 2);
    append_number(bytes, 1, 2);  // channel
    append_number(bytes, rate, 4);
    append_number(bytes, rate * 2, 4);  // bytes a second
    append_number(bytes, 2, 2);         // bytes a sample of all channels
    append_number(bytes, 16, 2);        // bits
    bytes += "data";
    append_number(bytes, data_bytes, 4);
    return bytes;
}

std::int16_t to_int16(float sample) {
    return static_cast<std::int16_t>(std::lrint(std::clamp(sample * 32768.0F, -32768.0F, 32767.0F)));
}

}  // namespace

void write_wav(const std::filesystem::path& target, const Waveform& waveform) {
    constexpr std::size_t kMostSamples = (UINT32_MAX - 36) / 2;
    const std::vector<float>& samples = waveform.samples;
    if (samples.size() > kMostSamples) {
        throw Error(target, fmt::format("needs at most {} samples", kMostSamples),
                    fmt::format("it has {}", samples.size()));
    }
    std::string bytes = header(samples.size(), waveform.sample_rate_hz);
    bytes.reserve(bytes.size() + samples.size() * 2);
    for (const float sample : samples) {
        if (std::isnan(sample)) throw Error(target, "needs samples that are numbers", "it has a NaN");
        append_number(bytes, static_cast<std::uint16_t>(to_int16(sample)), 2);
    }
    DurableFile file(target);
    file.write(bytes);
    file.commit();
}

}  // namespace melvit
