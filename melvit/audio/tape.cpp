#include "melvit/audio/tape.h"

#include <algorithm>
#include <span>

namespace melvit {

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

Clip Tape::clip_at(std::size_t start, std::size_t most) const {
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

}  // namespace melvit
