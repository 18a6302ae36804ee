#include "melvit/audio/decode.h"

#include "melvit/audio/ffmpeg.h"
#include "melvit/core/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

constexpr double kRoundingSeconds = 1e-6;

const DecodeConfig& checked(const DecodeConfig& config) {
    constexpr int kLowestOutputHz = 1000;
    constexpr int kHighestOutputHz = 192000;
    if (config.sample_rate_hz >= kLowestOutputHz && config.sample_rate_hz <= kHighestOutputHz) return config;
    throw Error("sample_rate_hz", fmt::format("needs {} to {} Hz", kLowestOutputHz, kHighestOutputHz),
                fmt::format("it is {}", config.sample_rate_hz));
}

std::string limit_sentence(const DecodeConfig& config) {
    return fmt::format("needs at most {} s of sound", config.longest_seconds);
}

}  // namespace

AudioReader::AudioReader(const Source& source, const DecodeConfig& config, std::stop_token stop)
    : name_(source.name()), config_(checked(config)), decoder_(source, std::move(stop)) {
    const double there = decoder_.pcm_duration_seconds();
    if (there > config.longest_seconds)
        throw Error(name_, limit_sentence(config), fmt::format("it holds {:.0f} s", there));
}

/// A stream may change its rate on the way: what the old resampler still holds comes before the new one's.
void AudioReader::resample(std::span<const float> samples) {
    if (!resampler_ || resampler_->from_hz() != decoder_.sample_rate_hz()) {
        if (resampler_) resampler_->finish(ready_);
        resampler_.emplace(decoder_.sample_rate_hz(), config_.sample_rate_hz);
    }
    resampler_->push(samples, ready_);
}

void AudioReader::end() {
    if (resampler_) resampler_->finish(ready_);
    has_ended_ = true;
    if (!any_sample_ && ready_.empty())
        throw Error(name_, "needs sound that FFmpeg can decode", "not one sample could be decoded");
}

/// Decodes until there is something to read, or the end.
void AudioReader::refill() {
    ready_.clear();
    taken_ = 0;
    while (ready_.empty() && !has_ended_) {
        const std::span<const float> samples = decoder_.next();
        if (samples.empty()) {
            end();
        } else if (decoder_.decoded_seconds() > config_.longest_seconds + kRoundingSeconds) {
            throw Error(name_, limit_sentence(config_), "it is longer");
        } else {
            resample(samples);
        }
    }
    any_sample_ = any_sample_ || !ready_.empty();
}

std::size_t AudioReader::read(std::span<float> samples) {
    std::size_t written = 0;
    while (written < samples.size()) {
        if (taken_ == ready_.size()) refill();
        const std::size_t piece = std::min(samples.size() - written, ready_.size() - taken_);
        if (piece == 0) break;
        std::copy_n(ready_.data() + taken_, piece, samples.data() + written);
        taken_ += piece;
        written += piece;
    }
    return written;
}

double AudioReader::measure_to_end() {
    const double seconds = decoder_.measure_to_end();
    if (seconds > config_.longest_seconds + kRoundingSeconds)
        throw Error(name_, limit_sentence(config_), fmt::format("it holds {:.0f} s", seconds));
    return seconds;
}

Waveform decode(const Source& source, const DecodeConfig& config, const Context& context) {
    AudioReader reader(source, config, context.stop);
    Waveform waveform{.samples = {}, .sample_rate_hz = config.sample_rate_hz};
    std::vector<float> piece(std::size_t{1} << 16U);
    while (const std::size_t count = reader.read(piece)) {
        waveform.samples.insert(waveform.samples.end(), piece.begin(),
                                piece.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return waveform;
}

AudioFacts audio_facts() {
    try {
        return {fmt::format("libavformat {}, libavcodec {}", ffmpeg_version(ffmpeg().avformat_version()),
                            ffmpeg_version(ffmpeg().avcodec_version())),
                resampler_version()};
    } catch (const Error&) {
        return {"none", "none"};  // pictures need no FFmpeg
    }
}

}  // namespace melvit
