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

/// A track read from front to end, of which the last two clips' worth of samples are kept.
class SlidingWindow {
public:
    SlidingWindow(const Source& source, const ClipConfig& config, std::size_t clip_samples,
                  std::stop_token stop)
        : reader_(source,
                  {.sample_rate_hz = config.sample_rate_hz, .longest_seconds = config.longest_seconds},
                  std::move(stop)),
          rate_hz_(config.sample_rate_hz),
          clip_samples_(clip_samples) {}

    /// Reads on until `position` samples were read; false when the track ends before that.
    bool reach(std::size_t position) {
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

    /// The clip that starts at a sample still kept; sound that a short track lacks is filled by repeating it.
    ///
    /// most  samples of the track's own sound
    Clip clip_at(std::size_t start, std::size_t most) const {
        const std::span<const float> sound = std::span(kept_).subspan(start - kept_from_);
        const std::size_t own = std::min({sound.size(), clip_samples_, most});
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
    Clip clip_at(std::size_t start) const { return clip_at(start, clip_samples_); }

    std::size_t samples_read() const { return kept_from_ + kept_.size(); }
    AudioReader& reader() { return reader_; }
    const AudioReader& reader() const { return reader_; }

private:
    AudioReader reader_;
    int rate_hz_;
    std::size_t clip_samples_;
    std::vector<float> kept_;
    std::size_t kept_from_ = 0;  ///< position of kept_'s first sample in the track
};

/// What is worth a note about a track whose sound was used.
std::string notes_on(const AudioReader& reader, double seconds) {
    std::string notes = reader.warning();
    const double cancelled = reader.sound_map().seconds_of(BlockSound::cancelled, 0, seconds);
    if (cancelled < 1) return notes;
    if (!notes.empty()) notes += "; ";
    return notes + fmt::format("its channels cancel each other in mono for {:.1f} s", cancelled);
}

TrackFacts facts_of(const SlidingWindow& window, std::size_t samples, const ClipConfig& config) {
    const double seconds = static_cast<double>(samples) / config.sample_rate_hz;
    return {.duration_seconds = seconds,
            .warning = notes_on(window.reader(), seconds),
            .sound = window.reader().sound_map()};
}

bool has_sound(const SlidingWindow& window, const Clip& clip) {
    return window.reader().sound_map().has_sound(clip.start_seconds, clip.end_seconds);
}

void check_sound(const std::filesystem::path& name, const SoundMap& map) {
    if (map.has(BlockSound::sound)) return;
    if (map.has(BlockSound::cancelled)) {
        throw Error(name, "needs channels that do not cancel each other in mono",
                    "they do (antiphase); one of them alone can be classified");
    }
    throw SilentTrack(name, "needs sound", fmt::format("it is silent throughout (below {} dB)", kSilenceDb));
}

/// A track that is to be cut into clips.
struct Track {
    const Source& source;
    const ClipConfig& config;
    std::size_t clip_samples;
    const Context& context;

    SlidingWindow window_at_front() const { return {source, config, clip_samples, context.stop}; }
};

/// The length of a track in samples, without decoding it where that can be avoided.
///
/// window  at the track's front; where only decoding tells the length, at its end afterwards
std::size_t length_of(const Track& track, SlidingWindow& window) {
    const ClipConfig& config = track.config;
    double seconds = window.reader().stated_duration_seconds();
    if (seconds <= 0) seconds = counted_duration_seconds(track.source, track.context.stop);
    // What packets say of themselves may be anything; decoding then counts, and has its own limit.
    if (seconds > config.longest_seconds) seconds = 0;
    if (seconds > 0) return static_cast<std::size_t>(std::llround(seconds * config.sample_rate_hz));
    window.reach(std::numeric_limits<std::size_t>::max());
    return window.samples_read();
}

/// The only sound of a track, without the silence around it: repeated to fill a clip, as a short track is.
Clip only_sound(const Track& track, const SoundMap::Stretch& stretch) {
    const auto samples = [&](double seconds) {
        return static_cast<std::size_t>(std::llround(seconds * track.config.sample_rate_hz));
    };
    SlidingWindow window = track.window_at_front();
    const std::size_t start = samples(stretch.start_seconds);
    const std::size_t length = std::min(track.clip_samples, samples(stretch.length_seconds()));
    window.reach(start + length);
    return window.clip_at(start, length);
}

/// Clips on their way to who takes them: the silent ones are passed over, and those with sound wait while all
/// the sound of the track so far would fit into half a clip.
class SoundClips {
public:
    SoundClips(const SlidingWindow& window, double clip_seconds, const std::function<void(const Clip&)>& take)
        : window_(window), clip_seconds_(clip_seconds), take_(take) {}

    void add(Clip clip) {
        if (!has_sound(window_, clip)) return;
        held_.push_back(std::move(clip));
        if (!is_little_sound()) flush();
    }

    bool is_little_sound() const {
        return 2 * window_.reader().sound_map().extent().length_seconds() < clip_seconds_;
    }

    void flush() {
        any_ = any_ || !held_.empty();
        for (const Clip& clip : held_) take_(clip);
        held_.clear();
    }

    bool any() const { return any_; }

private:
    const SlidingWindow& window_;
    double clip_seconds_;
    const std::function<void(const Clip&)>& take_;
    std::vector<Clip> held_;
    bool any_ = false;
};

// while a whole clip follows: take it
// a rest of half a clip or more: take the clip that ends with the track
//
// Clips wait in SoundClips; where they are all the sound there is, and little, that sound alone is the clip.
TrackFacts clips_in_a_row(const Track& track, const std::function<void(const Clip&)>& take) {
    const std::size_t clip_samples = track.clip_samples;
    SlidingWindow window = track.window_at_front();
    SoundClips clips(window, track.config.clip_seconds, take);
    std::size_t next = 0;
    for (; window.reach(next + clip_samples); next += clip_samples) clips.add(window.clip_at(next));
    const std::size_t total = window.samples_read();
    if (const auto last = last_start(total, next, clip_samples)) clips.add(window.clip_at(*last));
    const SoundMap& map = window.reader().sound_map();
    check_sound(track.source.name(), map);
    if (!clips.is_little_sound() || total < clip_samples) clips.flush();
    if (!clips.any()) take(only_sound(track, map.extent()));
    return facts_of(window, total, track.config);
}

/// The clip with sound that is nearest to the middle of a track whose chosen clips are silent.
TrackFacts nearest_clip(const Track& track, double middle_seconds,
                        const std::function<void(const Clip&)>& take) {
    std::optional<Clip> nearest;
    const auto distance = [&](const Clip& clip) {
        return std::abs((clip.start_seconds + clip.end_seconds) / 2 - middle_seconds);
    };
    TrackFacts facts = clips_in_a_row(track, [&](const Clip& clip) {
        if (!nearest || distance(clip) < distance(*nearest)) nearest = clip;
    });
    if (!facts.warning.empty()) facts.warning += "; ";
    facts.warning +=
        fmt::format("where its clip belongs it is silent, so the one from {:.1f} to {:.1f} s was taken",
                    nearest->start_seconds, nearest->end_seconds);
    take(*nearest);
    return facts;
}

/// Whether two layouts of clips are the same but for what decoders hold back.
bool are_near(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b, int rate_hz) {
    const std::size_t slack = static_cast<std::size_t>(rate_hz) / 20;
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](std::size_t one, std::size_t other) {
        return std::max(one, other) - std::min(one, other) <= slack;
    });
}

// Where the chosen clips stand follows from the track's length, which is certain only at its end:
//
//     total = what the header states, or the packets, or decoding
//     repeat, three times at most
//         cut the clips that are chosen of a track of length total
//         total = the length, measured to the end
//     until those of a track of this length are the same
TrackFacts clips_by_choice(const Track& track, const std::function<void(const Clip&)>& take) {
    constexpr int kMostLayouts = 3;  // by what is stated, by what decodes, and one for its rounding
    const ClipConfig& config = track.config;
    const std::size_t clip_samples = track.clip_samples;
    SlidingWindow window = track.window_at_front();
    std::size_t total = length_of(track, window);
    std::vector<Clip> clips;
    bool is_settled = false;
    for (int layouts = 1; !is_settled; ++layouts) {
        if (window.samples_read() > 0) window = track.window_at_front();
        const std::vector<std::size_t> starts = chosen_starts(total, clip_samples, config);
        clips.clear();
        for (const std::size_t start : starts) {
            if (!window.reach(start + clip_samples) && window.samples_read() <= start) break;
            clips.push_back(window.clip_at(start));
        }
        total =
            static_cast<std::size_t>(std::llround(window.reader().measure_to_end() * config.sample_rate_hz));
        const bool holds =
            are_near(starts, chosen_starts(total, clip_samples, config), config.sample_rate_hz);
        // Without a clip the track proved shorter than stated: a further layout has one.
        is_settled = !clips.empty() && (holds || layouts >= kMostLayouts);
    }
    std::erase_if(clips, [&](const Clip& clip) { return !has_sound(window, clip); });
    for (const Clip& clip : clips) take(clip);
    if (!clips.empty()) return facts_of(window, total, config);
    return nearest_clip(track, static_cast<double>(total) / config.sample_rate_hz / 2, take);
}

}  // namespace

TrackFacts for_each_clip(const Source& source, const ClipConfig& config,
                         const std::function<void(const Clip&)>& take, const Context& context) {
    if (!(config.clip_seconds > 0 && config.clip_seconds <= config.longest_seconds)) {
        throw Error("clip_seconds", fmt::format("needs to be above 0 and at most {}", config.longest_seconds),
                    fmt::format("it is {}", config.clip_seconds));
    }
    const auto clip_samples = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::llround(config.clip_seconds * config.sample_rate_hz)));
    const bool in_a_row = !config.middle_only && config.most_clips == 0;
    const Track track{source, config, clip_samples, context};
    return in_a_row ? clips_in_a_row(track, take) : clips_by_choice(track, take);
}

}  // namespace melvit
