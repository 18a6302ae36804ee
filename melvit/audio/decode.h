#pragma once

#include "melvit/audio/resample.h"
#include "melvit/audio/sound_map.h"
#include "melvit/audio/track_decoder.h"
#include "melvit/audio/waveform.h"
#include "melvit/core/context.h"
#include "melvit/core/source.h"

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace melvit {

struct DecodeConfig {
    int sample_rate_hz = 22050;           ///< rate of the samples that come out, Hz
    double longest_seconds = 2 * 3600.0;  ///< a longer file is refused (reference limit: 2 h)
};

/// Sound as a stream of mono samples at one rate, in bounded memory whatever its length.
///
/// Any file of kContainers and kDecoders (formats.h), told by its content and not by its name. All channels, the bass channel of 5.1 too, are averaged to one, then resampled, band-limited. A
/// NaN or infinite sample is an error that names its time; silence is sound. What an encoder put around the
/// music (gapless MP3, AAC, Opus) is left out where the file tells FFmpeg so.
class AudioReader {
public:
    /// stop    ends `read` and `measure_to_end`
    /// throws  Error when the source is of no known audio format, without a sound track, of more than 8
    ///         channels, below 4 kHz or above 192 kHz, or of plain PCM longer than longest_seconds (what other
    ///         headers state is only a hint); when sample_rate_hz is not within 1 000 to 192 000
    AudioReader(const Source& source, const DecodeConfig& config, std::stop_token stop = {});

    /// Fills as much of `samples` as there is.
    ///
    /// returns  how many samples were written; less than asked only at the end, 0 from then on
    /// throws   Error when the file is longer than the limit, holds a NaN or infinite sample, changes to a
    ///          rate or channel count that is refused, or ends without one decoded sample; Stopped
    std::size_t read(std::span<float> samples);

    /// What the container says, in seconds; 0 when it does not say or FFmpeg only guesses from a bit rate.
    double stated_duration_seconds() const { return decoder_.stated_duration_seconds(); }

    /// Where there is sound, measured before resampling, at least as far as was read.
    const SoundMap& sound_map() const { return decoder_.sound_map(); }

    /// The length of the whole track, seconds: reads on to its end, decoding only where packets cannot be
    /// trusted. Ends the reading.
    double measure_to_end();

    /// Empty, or one sentence about what could not be decoded or is missing; what did decode was kept.
    /// Complete once `read` has come to the end. Tags and pictures around the music are no loss.
    std::string warning() const { return decoder_.warning(); }

private:
    void refill();
    void resample(std::span<const float> samples);
    void end();

    std::filesystem::path name_;
    DecodeConfig config_;
    TrackDecoder decoder_;
    std::optional<Resampler> resampler_;
    std::vector<float> ready_;  ///< at the rate asked for, not yet read
    std::size_t taken_ = 0;     ///< of ready_
    bool any_sample_ = false;
    bool has_ended_ = false;
};

/// A whole track at once; for tracks of minutes. See AudioReader.
Waveform decode(const Source& source, const DecodeConfig& config = {}, const Context& context = {});

/// What the samples of songs depend on, as it was found when the program ran.
struct AudioFacts {
    std::string decoder;    ///< "libavformat 59.27.100, libavcodec 59.37.100"
    std::string resampler;  ///< "soxr 0.1.3"; see resampler_version
};

/// Loads FFmpeg; where it is missing both are "none".
AudioFacts audio_facts();

}  // namespace melvit
