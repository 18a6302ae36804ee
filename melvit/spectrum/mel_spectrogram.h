#pragma once

#include "melvit/audio/waveform.h"
#include "melvit/core/config.h"
#include "melvit/core/error.h"
#include "melvit/core/export.h"
#include "melvit/core/matrix.h"

#include <tuple>

namespace melvit {

/// Settings of the mel front end; the defaults are the study's (librosa's).
struct MelConfig {
    int sample_rate_hz = 22050;
    int window = 2048;
    int hop = 512;
    int bands = 128;
    float lowest_hz = 0.0F;
    float highest_hz = 11025.0F;
    float floor_db = -80.0F;

    static constexpr auto fields() {
        return std::tuple{
            Field{"sample_rate_hz", &MelConfig::sample_rate_hz, "rate that audio is resampled to, Hz"},
            Field{"window", &MelConfig::window, "Hann window and FFT length, samples"},
            Field{"hop", &MelConfig::hop, "samples from one frame to the next"},
            Field{"bands", &MelConfig::bands, "mel bands"},
            Field{"lowest_hz", &MelConfig::lowest_hz, "lower edge of the first band, Hz"},
            Field{"highest_hz", &MelConfig::highest_hz, "upper edge of the last band, Hz"},
            Field{"floor_db", &MelConfig::floor_db, "quietest level kept, dB below the loudest cell"}};
    }
};

/// throws  Error that names the first setting that no spectrogram can be made with
MELVIT_API void check(const MelConfig& config);

struct MelSpectrogram {
    Matrix decibels;  ///< [bands x frames], 0 dB is the loudest cell; row 0 is the lowest band
    double seconds_per_frame = 0;
};

/// A clip without sound: no cell above 1e-10, the level below which librosa.power_to_db sees nothing. A type
/// of its own, so that a long track may pass over its pauses.
class MELVIT_API SilentClip : public Error {
public:
    using Error::Error;
};

/// Power mel-spectrogram of one clip, in decibels below the loudest cell.
///
/// clip     at least `config.window` samples at config.sample_rate_hz
/// returns  [bands x frames], each cell in [floor_db, 0] dB; frames = 1 + samples / hop
/// throws   Error when the clip is shorter than one window or at another rate, when a sample is not finite or
///          `check(config)` fails; SilentClip
/// source   librosa.feature.melspectrogram (Slaney mel and area norm, centred, zero padding) and
///          librosa.power_to_db(ref=max, amin=1e-10, top_db=-floor_db)
MELVIT_API MelSpectrogram mel_spectrogram(const Waveform& clip, const MelConfig& config);

}  // namespace melvit
