#pragma once

#include "melvit/audio/clips.h"
#include "melvit/audio/decode.h"

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <utility>
#include <vector>

namespace melvit {

/// A track read from front to end; keeps the last two clips' worth of samples.
class Tape {
public:
    Tape(const std::filesystem::path& file, const ClipConfig& config, std::size_t clip_samples,
         std::stop_token stop)
        : reader_(file, {.sample_rate_hz = config.sample_rate_hz, .longest_seconds = config.longest_seconds},
                  std::move(stop)),
          rate_hz_(config.sample_rate_hz),
          clip_samples_(clip_samples) {}

    /// Reads on until `position` samples were read; false when the track ends before that.
    bool reach(std::size_t position);

    /// The clip that starts at a sample still kept; sound that a short track lacks is filled by repeating it.
    ///
    /// most  samples of the track's own sound
    Clip clip_at(std::size_t start, std::size_t most) const;
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

}  // namespace melvit
