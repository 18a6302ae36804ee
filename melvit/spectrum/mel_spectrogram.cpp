#include "melvit/spectrum/mel_spectrogram.h"

#include "melvit/spectrum/mel_filters.h"
#include "melvit/spectrum/stft.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <numbers>
#include <string>

// B = bands, T = frames

namespace melvit {
namespace {

constexpr float kLeastPower = 1e-10F;  // librosa's amin
constexpr int kLongestWindow = 1 << 16;
constexpr int kMostBands = 4096;
constexpr std::size_t kMostCells = std::size_t{1} << 28;  // 1 GiB

void require_mel(bool holds, const char* setting, const std::string& need, auto value) {
    if (!holds) throw Error(fmt::format("mel front end, {}", setting), need, fmt::format("it is {}", value));
}

void check_clip(const Waveform& clip, const MelConfig& config) {
    if (clip.sample_rate_hz != config.sample_rate_hz) {
        throw Error("clip", fmt::format("needs a rate of {} Hz", config.sample_rate_hz),
                    fmt::format("it has {}", clip.sample_rate_hz));
    }
    if (clip.samples.size() < static_cast<std::size_t>(config.window)) {
        throw Error("clip", fmt::format("needs at least one window of {} samples", config.window),
                    fmt::format("it has {}", clip.samples.size()));
    }
    const std::size_t frames = 1 + clip.samples.size() / static_cast<std::size_t>(config.hop);
    if (frames * static_cast<std::size_t>(config.bands) > kMostCells) {
        throw Error("clip", fmt::format("needs at most {} cells of bands and frames", kMostCells),
                    fmt::format("it has {} bands and {} frames", config.bands, frames));
    }
    int broken = 0;  // counted to the end: a loop without an exit is made of vector instructions
    for (const float sample : clip.samples) broken += std::isfinite(sample) ? 0 : 1;
    if (broken > 0) {
        throw Error("clip", "needs finite samples", "it holds a sample that is infinite or not a number");
    }
}

Matrix mel_power(const Waveform& clip, const MelConfig& config) {
    const std::vector<MelFilter> filters = mel_filters(config);
    PowerStft stft(clip.samples, static_cast<std::size_t>(config.window),
                   static_cast<std::size_t>(config.hop));
    Matrix mel(filters.size(), stft.frames());  // [B x T]
    const std::size_t lanes = frame_lanes();
    std::vector<float> some(lanes);
    for (std::size_t first = 0; first < stft.frames(); first += lanes) {
        const AlignedDoubles& power = stft.power(first);  // [bins x lanes]
        const std::size_t count = std::min(lanes, stft.frames() - first);
        for (std::size_t band = 0; band < filters.size(); ++band) {
            const MelFilter& filter = filters[band];
            kernels::kernels().mel_band(power.data() + filter.first_bin * lanes, filter.weights.data(),
                                        filter.weights.size(), some.data());
            std::copy_n(some.data(), count, mel.row(band).data() + first);
        }
    }
    return mel;
}

/// Logarithm to the base 2, within 1e-7; of zero and of numbers below 2^-126: less than -126. std::log10 is
/// no vector instruction, a loop over this becomes one.
///
/// source  log m = 2 artanh((m - 1) / (m + 1)), the series cut after the seventh power, m in [1/sqrt 2, sqrt
///         2)
float log2_of(float value) {
    constexpr std::uint32_t kRootHalf = std::bit_cast<std::uint32_t>(0.70710678F);
    const std::uint32_t offset = std::bit_cast<std::uint32_t>(value) - kRootHalf;
    const std::int32_t exponent = static_cast<std::int32_t>(offset) >> 23;
    const float mantissa = std::bit_cast<float>((offset & 0x007FFFFFU) + kRootHalf);
    const float s = (mantissa - 1) / (mantissa + 1);
    const float squared = s * s;
    const float series = 1 + squared * (1 / 3.0F + squared * (1 / 5.0F + squared * (1 / 7.0F)));
    return static_cast<float>(exponent) + 2 * std::numbers::log2e_v<float> * s * series;
}

/// As std::max, but on values: this a compiler turns into vector instructions.
float larger(float a, float b) {
    return a > b ? a : b;
}

/// librosa.power_to_db(ref=max, amin=1e-10, top_db=-floor_db), in place.
void to_decibels(Matrix& power, float loudest, float floor_db) {
    const float decibels_per_octave = 10 * std::numbers::ln2_v<float> / std::numbers::ln10_v<float>;
    const float loudest_log2 = log2_of(loudest);
    const float lowest = larger(floor_db, decibels_per_octave * (log2_of(kLeastPower) - loudest_log2));
    for (float& cell : power.values()) {
        cell = larger(decibels_per_octave * (log2_of(cell) - loudest_log2), lowest);
    }
}

/// Of values that are 0 or more.
float largest_of(std::span<const float> values) {
    std::array<float, 16> largest{};  // side by side: a single one would wait for each comparison
    while (values.size() >= largest.size()) {
        for (std::size_t i = 0; i < largest.size(); ++i) largest[i] = larger(largest[i], values[i]);
        values = values.subspan(largest.size());
    }
    float answer = 0;
    for (const float value : values) answer = larger(answer, value);
    for (const float value : largest) answer = larger(answer, value);
    return answer;
}

}  // namespace

void check(const MelConfig& config) {
    require_mel(config.sample_rate_hz >= 1000 && config.sample_rate_hz <= 1'000'000, "sample_rate_hz",
                "needs 1000 to 1000000 Hz", config.sample_rate_hz);
    require_mel(config.window >= 16 && config.window <= kLongestWindow && config.window % 2 == 0, "window",
                fmt::format("needs an even number from 16 to {}", kLongestWindow), config.window);
    require_mel(
        LaneFft::largest_factor(static_cast<std::size_t>(config.window) / 2) <= LaneFft::kLargestFactor,
        "window", fmt::format("needs a length without prime factors above {}", LaneFft::kLargestFactor),
        config.window);
    require_mel(config.hop >= 1 && config.hop <= kLongestWindow, "hop",
                fmt::format("needs 1 to {} samples", kLongestWindow), config.hop);
    require_mel(config.bands >= 1 && config.bands <= kMostBands, "bands",
                fmt::format("needs 1 to {} bands", kMostBands), config.bands);
    require_mel(config.lowest_hz >= 0 && config.lowest_hz < config.highest_hz, "lowest_hz",
                fmt::format("needs 0 Hz or more and less than highest_hz ({})", config.highest_hz),
                config.lowest_hz);
    require_mel(config.highest_hz <= static_cast<float>(config.sample_rate_hz) / 2, "highest_hz",
                fmt::format("needs at most half the rate of {} Hz", config.sample_rate_hz),
                config.highest_hz);
    require_mel(config.floor_db < 0 && config.floor_db >= -300, "floor_db",
                "needs -300 dB or more and less than 0", config.floor_db);
}

MelSpectrogram mel_spectrogram(const Waveform& clip, const MelConfig& config) {
    check(config);
    check_clip(clip, config);
    Matrix mel = mel_power(clip, config);
    const float loudest = largest_of(mel.values());
    if (!std::isfinite(loudest)) throw Error("clip", "needs samples around [-1, 1]", "their power overflows");
    if (loudest <= kLeastPower) throw SilentClip("clip", "needs sound", "it is silent throughout");
    to_decibels(mel, loudest, config.floor_db);
    return {std::move(mel), static_cast<double>(config.hop) / config.sample_rate_hz};
}

}  // namespace melvit
