#include "melvit/audio/decode.h"

#include "melvit/audio/resample.h"
#include "melvit/audio/sound_file.h"
#include "melvit/core/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

constexpr int kLowestOutputHz = 1000;
constexpr int kHighestOutputHz = 192000;
constexpr double kRoundingSeconds = 1e-6;

std::string limit_sentence(const DecodeConfig& config) {
    return fmt::format("needs at most {} s of sound", config.longest_seconds);
}

}  // namespace

struct AudioReader::Stream {
    Stream(const fs::path& path, const DecodeConfig& settings, std::stop_token stop)
        : file(path), config(settings), sound(path, std::move(stop)), warning(sound.warning()) {}

    void refill();
    void resample(std::span<const float> samples);
    void end();

    fs::path file;
    DecodeConfig config;
    SoundFile sound;
    std::optional<Resampler> resampler;
    std::vector<float> ready;  ///< at the rate asked for, not yet read
    std::size_t taken = 0;     ///< of `ready`
    bool any_sample = false;
    bool has_ended = false;
    std::string warning;
};

AudioReader::AudioReader(const fs::path& file, const DecodeConfig& config, std::stop_token stop) {
    if (config.sample_rate_hz < kLowestOutputHz || config.sample_rate_hz > kHighestOutputHz) {
        throw Error("sample_rate_hz", fmt::format("needs {} to {} Hz", kLowestOutputHz, kHighestOutputHz),
                    fmt::format("it is {}", config.sample_rate_hz));
    }
    stream_ = std::make_unique<Stream>(file, config, std::move(stop));
    const double there = stream_->sound.pcm_duration_seconds();
    if (there > config.longest_seconds) {
        throw Error(file, limit_sentence(config), fmt::format("it holds {:.0f} s", there));
    }
}

AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

/// A stream may change its rate on the way: what the old resampler still holds comes before the new one's.
void AudioReader::Stream::resample(std::span<const float> samples) {
    if (!resampler || resampler->from_hz() != sound.sample_rate_hz()) {
        if (resampler) resampler->finish(ready);
        resampler.emplace(sound.sample_rate_hz(), config.sample_rate_hz);
    }
    resampler->push(samples, ready);
}

void AudioReader::Stream::end() {
    if (resampler) resampler->finish(ready);
    has_ended = true;
    warning = sound.warning();
    if (!any_sample && ready.empty()) {
        throw Error(file, "needs sound that FFmpeg can decode", "not one sample could be decoded");
    }
}

/// Decodes until there is something to read, or the end.
void AudioReader::Stream::refill() {
    ready.clear();
    taken = 0;
    while (ready.empty() && !has_ended) {
        const std::span<const float> samples = sound.next();
        if (samples.empty()) {
            end();
        } else if (sound.decoded_seconds() > config.longest_seconds + kRoundingSeconds) {
            throw Error(file, limit_sentence(config), "it is longer");
        } else {
            resample(samples);
        }
    }
    any_sample = any_sample || !ready.empty();
}

std::size_t AudioReader::read(std::span<float> samples) {
    std::size_t written = 0;
    while (written < samples.size()) {
        if (stream_->taken == stream_->ready.size()) stream_->refill();
        const std::size_t piece = std::min(samples.size() - written, stream_->ready.size() - stream_->taken);
        if (piece == 0) break;
        std::copy_n(stream_->ready.data() + stream_->taken, piece, samples.data() + written);
        stream_->taken += piece;
        written += piece;
    }
    return written;
}

const SoundMap& AudioReader::sound_map() const {
    return stream_->sound.sound_map();
}

double AudioReader::measure_to_end() {
    const double seconds = stream_->sound.measure_to_end();
    stream_->warning = stream_->sound.warning();
    if (seconds > stream_->config.longest_seconds + kRoundingSeconds)
        throw Error(stream_->file, limit_sentence(stream_->config),
                    fmt::format("it holds {:.0f} s", seconds));
    return seconds;
}

double AudioReader::stated_duration_seconds() const {
    return stream_->sound.stated_duration_seconds();
}

FileStamp AudioReader::stamp() const {
    return stream_->sound.stamp();
}

const std::string& AudioReader::warning() const {
    return stream_->warning;
}

Waveform decode(const fs::path& file, const DecodeConfig& config, const Context& context) {
    AudioReader reader(file, config, context.stop);
    Waveform waveform{.samples = {}, .sample_rate_hz = config.sample_rate_hz};
    std::vector<float> piece(std::size_t{1} << 16U);
    while (const std::size_t count = reader.read(piece)) {
        waveform.samples.insert(waveform.samples.end(), piece.begin(),
                                piece.begin() + static_cast<std::ptrdiff_t>(count));
    }
    return waveform;
}

}  // namespace melvit
