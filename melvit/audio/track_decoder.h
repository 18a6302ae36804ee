#pragma once

#include "melvit/audio/sound_map.h"
#include "melvit/core/source.h"

#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace melvit {

/// The sound track of a source, decoded block by block to mono at the rate it was made with.
class TrackDecoder {
public:
    /// stop    ends `next` and `measure_to_end`
    /// throws  Error, see AudioReader
    explicit TrackDecoder(const Source& source, std::stop_token stop = {});
    ~TrackDecoder();
    TrackDecoder(TrackDecoder&&) noexcept;
    TrackDecoder& operator=(TrackDecoder&&) noexcept;

    /// The next samples, valid until the next call; empty at the end.
    ///
    /// throws  Error for NaN and infinite samples, and when the stream changes to an unusable rate or to too
    ///         many channels; Stopped
    std::span<const float> next();

    /// Rate of the samples that `next` gave last, Hz; a stream may change it on its way.
    int sample_rate_hz() const;

    /// Length of all that `next` gave so far.
    double decoded_seconds() const;

    /// Where there is sound, as far as `next` has come.
    const SoundMap& sound_map() const;

    /// Reads on to the end without decoding, where the packets so far played as long as they say, else
    /// decodes to the end. Ends the reading.
    ///
    /// returns  the length of the track, seconds
    double measure_to_end();

    /// See Container.
    double stated_duration_seconds() const;

    double pcm_duration_seconds() const;

    /// Empty, or one sentence about what could not be decoded or is missing; complete once `next` has come to
    /// the end.
    std::string warning() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace melvit
