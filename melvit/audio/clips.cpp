#include "melvit/audio/clips.h"

#include "melvit/audio/container.h"
#include "melvit/audio/decode.h"
#include "melvit/core/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// A track read from front to end; keeps the last two clips' worth of samples.
class Tape {
public:
    Tape(const fs::path& file, const ClipConfig& config, std::size_t clip_samples)
        : reader_(file, {.sample_rate_hz = config.sample_rate_hz, .longest_seconds = config.longest_seconds}),
          rate_hz_(config.sample_rate_hz),
          clip_samples_(clip_samples) {}

    /// Reads on until `position` samples were read; false when the track ends before that.
    bool reach(std::size_t position);

    /// The clip that starts at a sample still kept; sound that a short track lacks is filled by repeating it.
    Clip clip_at(std::size_t start) const;

    std::size_t samples_read() const { return kept_from_ + kept_.size(); }
    const AudioReader& reader() const { return reader_; }

private:
    AudioReader reader_;
    int rate_hz_;
    std::size_t clip_samples_;
    std::vector<float> kept_;
    std::size_t kept_from_ = 0;  ///< position of kept_'s first sample in the track
};

bool Tape::reach(std::size_t position) {
    constexpr std::size_t kPiece = std::size_t{1} << 16U;
    while (samples_read() < position) {
        if (kept_.size() >= 2 * clip_samples_ + kPiece) {
            const std::size_t surplus = kept_.size() - 2 * clip_samples_;
            kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(surplus));
            kept_from_ += surplus;
        }
        const std::size_t wanted = std::min(kPiece, position - samples_read());
        const std::size_t before = kept_.size();
        kept_.resize(before + wanted);
        const std::size_t got = reader_.read(std::span(kept_).subspan(before));
        kept_.resize(before + got);
        if (got < wanted) return false;
    }
    return true;
}

Clip Tape::clip_at(std::size_t start) const {
    const std::span<const float> sound = std::span(kept_).subspan(start - kept_from_);
    const std::size_t own = std::min(sound.size(), clip_samples_);
    Clip clip;
    clip.waveform.sample_rate_hz = rate_hz_;
    clip.waveform.samples.resize(clip_samples_);
    for (std::size_t done = 0; done < clip_samples_; done += own) {
        std::copy_n(sound.begin(), std::min(own, clip_samples_ - done),
                    clip.waveform.samples.begin() + static_cast<std::ptrdiff_t>(done));
    }
    clip.start_seconds = static_cast<double>(start) / rate_hz_;
    clip.end_seconds = static_cast<double>(start + own) / rate_hz_;
    return clip;
}

/// Where the last clip of a track starts when clips in a row have come to `next`; none when the rest is too
/// short to be one.
std::optional<std::size_t> last_start(std::size_t total, std::size_t next, std::size_t clip_samples) {
    if (total < clip_samples) return next == 0 ? std::optional<std::size_t>(0) : std::nullopt;
    const std::size_t rest = total - std::min(total, next);
    if (rest == 0 || 2 * rest < clip_samples) return std::nullopt;
    return total - clip_samples;
}

/// The starts of all clips of a track of known length.
std::vector<std::size_t> starts_in_a_row(std::size_t total, std::size_t clip_samples) {
    std::vector<std::size_t> starts;
    for (std::size_t start = 0; start + clip_samples <= total; start += clip_samples) starts.push_back(start);
    if (const auto last = last_start(total, starts.size() * clip_samples, clip_samples))
        starts.push_back(*last);
    return starts;
}

/// The starts of the clips that were asked for, of a track of this length.
std::vector<std::size_t> chosen_starts(std::size_t total, std::size_t clip_samples,
                                       const ClipConfig& config) {
    if (config.middle_only) return {total < clip_samples ? 0 : (total - clip_samples) / 2};
    const std::vector<std::size_t> all = starts_in_a_row(total, clip_samples);
    const std::size_t count = std::min(config.most_clips, all.size());
    std::vector<std::size_t> chosen(count);
    for (std::size_t i = 0; i < count; ++i) chosen[i] = all[(2 * i + 1) * all.size() / (2 * count)];
    return chosen;
}

TrackFacts facts_of(const Tape& tape, std::size_t samples, const ClipConfig& config) {
    return {.duration_seconds = static_cast<double>(samples) / config.sample_rate_hz,
            .warning = tape.reader().warning()};
}

/// The length of a track in samples, without decoding it where that can be avoided.
///
/// tape  at the track's front; where only decoding tells the length, at its end afterwards
std::size_t length_of(const fs::path& file, Tape& tape, const ClipConfig& config) {
    double seconds = tape.reader().stated_duration_seconds();
    if (seconds <= 0) seconds = counted_duration_seconds(file);
    // What packets say of themselves may be anything; decoding then counts, and has its own limit.
    if (seconds > config.longest_seconds) seconds = 0;
    if (seconds > 0) return static_cast<std::size_t>(std::llround(seconds * config.sample_rate_hz));
    tape.reach(std::numeric_limits<std::size_t>::max());
    return tape.samples_read();
}

TrackFacts clips_in_a_row(const fs::path& file, const ClipConfig& config, std::size_t clip_samples,
                          const std::function<void(const Clip&)>& take) {
    Tape tape(file, config, clip_samples);
    std::size_t next = 0;
    for (; tape.reach(next + clip_samples); next += clip_samples) take(tape.clip_at(next));
    const std::size_t total = tape.samples_read();
    if (const auto last = last_start(total, next, clip_samples)) take(tape.clip_at(*last));
    return facts_of(tape, total, config);
}

TrackFacts clips_by_choice(const fs::path& file, const ClipConfig& config, std::size_t clip_samples,
                           const std::function<void(const Clip&)>& take) {
    Tape tape(file, config, clip_samples);
    // Ends: a pass that gives no clip has found the track to be shorter than the pass was laid out for.
    for (std::size_t total = length_of(file, tape, config);;) {
        if (tape.samples_read() > 0) tape = Tape(file, config, clip_samples);
        const std::vector<std::size_t> starts = chosen_starts(total, clip_samples, config);
        std::size_t given = 0;
        for (; given < starts.size() && tape.reach(starts[given] + clip_samples); ++given) {
            take(tape.clip_at(starts[given]));
        }
        if (given == starts.size()) return facts_of(tape, total, config);
        total = tape.samples_read();
        if (given == 0 && total >= clip_samples) continue;
        const std::size_t next = given == 0 ? 0 : starts[given];
        if (const auto last = last_start(total, next, clip_samples)) take(tape.clip_at(*last));
        return facts_of(tape, total, config);
    }
}

}  // namespace

TrackFacts for_each_clip(const fs::path& file, const ClipConfig& config,
                         const std::function<void(const Clip&)>& take) {
    if (!(config.clip_seconds > 0 && config.clip_seconds <= config.longest_seconds)) {
        throw Error("clip_seconds", fmt::format("needs to be above 0 and at most {}", config.longest_seconds),
                    fmt::format("it is {}", config.clip_seconds));
    }
    const auto clip_samples = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::llround(config.clip_seconds * config.sample_rate_hz)));
    const bool in_a_row = !config.middle_only && config.most_clips == 0;
    return in_a_row ? clips_in_a_row(file, config, clip_samples, take)
                    : clips_by_choice(file, config, clip_samples, take);
}

}  // namespace melvit
