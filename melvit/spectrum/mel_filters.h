#pragma once

#include "melvit/spectrum/mel_spectrogram.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// One triangle of the mel filter bank: its weights on the FFT bins that it touches.
struct MelFilter {
    std::size_t first_bin = 0;
    std::vector<double>
        weights;  ///< rounded to floats, as librosa's; empty where a band falls between two bins
};

/// Pitch on Slaney's mel scale: linear below 1000 Hz, logarithmic above.
///
/// source  Slaney 1998, "Auditory Toolbox"; librosa.hz_to_mel(htk=False)
double mel_of_hz(double hz);
double hz_of_mel(double mel);

/// Triangles whose corners are evenly spread over the mel scale from lowest_hz to highest_hz, each of area 1
/// over frequency in Hz.
///
/// returns  config.bands filters for the 1 + window / 2 bins of the FFT
/// source   librosa.filters.mel(norm="slaney", htk=False)
std::vector<MelFilter> mel_filters(const MelConfig& config);

}  // namespace melvit
