#pragma once

#include <string>

namespace melvit {

/// What the samples of songs depend on, as it was found when the program ran.
struct AudioFacts {
    std::string decoder;    ///< "libavformat 59.27.100, libavcodec 59.37.100"
    std::string resampler;  ///< "soxr 0.1.3"; see resampler_version
};

/// Loads FFmpeg; where it is missing both are "none".
AudioFacts audio_facts();

}  // namespace melvit
