#pragma once

#include "melvit/audio/sound_map.h"
#include "melvit/audio/waveform.h"
#include "melvit/core/context.h"
#include "melvit/core/file_stamp.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace melvit {

struct DecodeConfig {
    int sample_rate_hz = 22050;           ///< rate of the samples that come out, Hz
    double longest_seconds = 2 * 3600.0;  ///< a longer file is refused (reference limit: 2 h)
};

/// An audio file as a stream of mono samples at one rate, in bounded memory whatever the file's length.
///
/// Any file that FFmpeg's audio demuxers and decoders of music formats know, told by its content and not by
/// its name. All channels, the bass channel of 5.1 too, are averaged to one, then resampled, band-limited. A
/// NaN or infinite sample is an error that names its time; silence is sound. What an encoder put around the
/// music (gapless MP3, AAC, Opus) is left out where the file tells FFmpeg so.
class AudioReader {
public:
    /// stop    ends `read` and `measure_to_end`
    /// throws  Error when the file is no readable regular file, no known audio format, without a sound
    ///         track, of more than 8 channels, below 4 kHz or above 192 kHz, or of plain PCM
    ///         longer than longest_seconds (what other headers state is only a hint); when sample_rate_hz is not within 1 000 to 192 000
    AudioReader(const std::filesystem::path& file, const DecodeConfig& config, std::stop_token stop = {});
    ~AudioReader();
    AudioReader(AudioReader&&) noexcept;
    AudioReader& operator=(AudioReader&&) noexcept;

    /// Fills as much of `samples` as there is.
    ///
    /// returns  how many samples were written; less than asked only at the end, 0 from then on
    /// throws   Error when the file is longer than the limit, holds a NaN or infinite sample, changes to a
    ///          rate or channel count that is refused, or ends without one decoded sample; Stopped
    std::size_t read(std::span<float> samples);

    /// What the container says, in seconds; 0 when it does not say or FFmpeg only guesses from a bit rate.
    double stated_duration_seconds() const;

    /// Where there is sound, measured before resampling, at least as far as was read.
    const SoundMap& sound_map() const;

    /// The length of the whole track, seconds: reads on to its end, decoding only where packets cannot be
    /// trusted. Ends the reading.
    double measure_to_end();

    /// Of the open file, now: the same before and after means that nobody wrote in between.
    FileStamp stamp() const;

    /// Empty, or one sentence about what could not be decoded or is missing; what did decode was kept.
    /// Complete once `read` has come to the end. Tags and pictures around the music are no loss.
    const std::string& warning() const;

private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

/// A whole file at once; for files of minutes. See AudioReader.
Waveform decode(const std::filesystem::path& file, const DecodeConfig& config = {},
                const Context& context = {});

}  // namespace melvit
