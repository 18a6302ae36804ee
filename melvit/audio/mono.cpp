#include "melvit/audio/mono.h"

#include "melvit/audio/ffmpeg.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace melvit {
namespace {

constexpr float kLoudest = 1e9F;

template <class Sample>
float to_float(Sample sample) {
    if constexpr (std::is_same_v<Sample, double>) {
        constexpr double kMost = std::numeric_limits<float>::max();
        return std::abs(sample) <= kMost ? static_cast<float>(sample)
                                         : std::numeric_limits<float>::quiet_NaN();
    } else if constexpr (std::is_same_v<Sample, std::uint8_t>) {
        return static_cast<float>(sample) - 128.0F;
    } else {
        return static_cast<float>(sample);
    }
}

/// The value of a sample that means 1.0.
template <class Sample>
constexpr float full_scale() {
    if constexpr (std::is_floating_point_v<Sample>) return 1.0F;
    if constexpr (std::is_same_v<Sample, std::uint8_t>) return 128.0F;
    return -static_cast<float>(std::numeric_limits<Sample>::min());
}

template <class Sample>
void average(const AVFrame& frame, bool planar, MixedBlock& block) {
    const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
    const std::size_t stride = planar ? 1 : channels;
    const float scale = 1.0F / (full_scale<Sample>() * static_cast<float>(channels));
    for (std::size_t c = 0; c < channels; ++c) {
        const auto* from =
            reinterpret_cast<const Sample*>(frame.extended_data[planar ? c : 0]) + (planar ? 0 : c);
        std::vector<float>& channel = block.channels[c];
        channel.resize(block.mono.size());
        for (std::size_t t = 0; t < channel.size(); ++t) channel[t] = to_float(from[t * stride]) * scale;
        if (c == 0) {
            block.mono = channel;
        } else {
            for (std::size_t t = 0; t < channel.size(); ++t) block.mono[t] += channel[t];
        }
    }
}

}  // namespace

void average_channels(const AVFrame& frame, MixedBlock& block) {
    block.mono.resize(static_cast<std::size_t>(frame.nb_samples));
    block.channels.resize(static_cast<std::size_t>(frame.ch_layout.nb_channels));
    const auto format = static_cast<AVSampleFormat>(frame.format);
    const bool planar = ffmpeg().av_sample_fmt_is_planar(format) != 0;
    switch (ffmpeg().av_get_packed_sample_fmt(format)) {
        case AV_SAMPLE_FMT_U8:
            return average<std::uint8_t>(frame, planar, block);
        case AV_SAMPLE_FMT_S16:
            return average<std::int16_t>(frame, planar, block);
        case AV_SAMPLE_FMT_S32:
            return average<std::int32_t>(frame, planar, block);
        case AV_SAMPLE_FMT_S64:
            return average<std::int64_t>(frame, planar, block);
        case AV_SAMPLE_FMT_FLT:
            return average<float>(frame, planar, block);
        case AV_SAMPLE_FMT_DBL:
            return average<double>(frame, planar, block);
        default:
            return block.mono.clear();
    }
}

std::size_t first_unusable(const std::vector<float>& samples) {
    const auto unusable = [](float sample) { return !(std::abs(sample) <= kLoudest); };  // true for NaN
    int count = 0;
    for (const float sample : samples) count += unusable(sample) ? 1 : 0;  // without an exit: vectors
    if (count == 0) return samples.size();
    return static_cast<std::size_t>(std::ranges::find_if(samples, unusable) - samples.begin());
}

}  // namespace melvit
