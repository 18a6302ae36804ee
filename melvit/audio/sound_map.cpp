#include "melvit/audio/sound_map.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace melvit {
namespace {

double power_of(double decibels) {
    return std::pow(10.0, decibels / 10);
}

}  // namespace

double SoundMap::seconds_of(BlockSound kind, double start_seconds, double end_seconds) const {
    const auto block_at = [&](double seconds) {
        const double block = std::ceil(seconds / kBlockSeconds - 0.5 - 1e-6);
        return static_cast<std::ptrdiff_t>(std::clamp(block, 0.0, static_cast<double>(blocks_.size())));
    };
    const auto from = blocks_.begin() + block_at(start_seconds);
    const auto to = std::max(from, blocks_.begin() + block_at(end_seconds));
    return static_cast<double>(std::count(from, to, kind)) * kBlockSeconds;
}

bool SoundMap::has_sound(double start_seconds, double end_seconds) const {
    constexpr double kLeastSeconds = 0.2;
    const double needed = std::min(kLeastSeconds, (end_seconds - start_seconds) / 2);
    const double found = seconds_of(BlockSound::sound, start_seconds, end_seconds);
    return found > 0 && found >= needed - kBlockSeconds / 2;
}

SoundMap::Stretch SoundMap::extent() const {
    const auto first = std::ranges::find(blocks_, BlockSound::sound);
    if (first == blocks_.end()) return {};
    auto end = blocks_.end();
    while (*(end - 1) != BlockSound::sound) --end;
    return {static_cast<double>(first - blocks_.begin()) * kBlockSeconds,
            static_cast<double>(end - blocks_.begin()) * kBlockSeconds};
}

bool SoundMap::has(BlockSound kind) const {
    return std::ranges::find(blocks_, kind) != blocks_.end();
}

void LevelMeter::Sums::add(std::span<const float> samples, bool is_start) {
    constexpr std::size_t kLanesAtOnce = 16;  // side by side: a single sum would wait for each addition
    if (is_start) *this = {.first = samples.front()};
    std::array<float, kLanesAtOnce> sums{};
    std::array<float, kLanesAtOnce> square_sums{};
    std::size_t i = 0;
    for (; i + kLanesAtOnce <= samples.size(); i += kLanesAtOnce) {
        for (std::size_t lane = 0; lane < kLanesAtOnce; ++lane) {
            const float value = samples[i + lane] - first;
            sums[lane] += value;
            square_sums[lane] += value * value;
        }
    }
    for (; i < samples.size(); ++i) {
        const float value = samples[i] - first;
        sums[0] += value;
        square_sums[0] += value * value;
    }
    for (const float value : sums) sum += static_cast<double>(value);
    for (const float value : square_sums) squares += static_cast<double>(value);
}

double LevelMeter::Sums::variance(std::size_t count) const {
    const double mean = sum / static_cast<double>(count);
    return std::max(0.0, squares / static_cast<double>(count) - mean * mean);
}

void LevelMeter::add(std::span<const std::vector<float>> channels, const std::vector<float>& mono,
                     int rate_hz) {
    if (rate_hz != rate_hz_ || channels.size() != channels_.size()) {
        end();
        rate_hz_ = rate_hz;
        blocks_at_rate_ = 0;
        channels_.resize(channels.size());
    }
    const auto boundary = [&](std::size_t block) { return block * static_cast<std::size_t>(rate_hz_) / 10; };
    for (std::size_t done = 0; done < mono.size();) {
        const std::size_t block = boundary(blocks_at_rate_ + 1) - boundary(blocks_at_rate_);
        const std::size_t piece = std::min(mono.size() - done, block - count_);
        for (std::size_t c = 0; c < channels.size(); ++c)
            channels_[c].add(std::span(channels[c]).subspan(done, piece), count_ == 0);
        if (channels.size() > 1) mono_.add(std::span(mono).subspan(done, piece), count_ == 0);
        count_ += piece;
        done += piece;
        if (count_ == block) end();
    }
}

void LevelMeter::end() {
    if (count_ == 0) return;
    double loudest = 0;
    double independent = 0;  // what the mean would have of channels without anything in common
    for (const Sums& channel : channels_) {
        loudest = std::max(loudest, channel.variance(count_));
        independent += channel.variance(count_);
    }
    const auto scale = static_cast<double>(channels_.size() * channels_.size());  // see add
    const double mono = channels_.size() > 1 ? mono_.variance(count_) : loudest;
    if (loudest * scale <= power_of(kSilenceDb)) {
        map_.add(BlockSound::silence);
    } else {
        const bool cancels = mono < independent * power_of(kCancellationDb);
        map_.add(cancels ? BlockSound::cancelled : BlockSound::sound);
    }
    count_ = 0;
    ++blocks_at_rate_;
}

}  // namespace melvit
