#include "melvit/audio/audio_facts.h"

#include "melvit/audio/ffmpeg.h"
#include "melvit/audio/resample.h"
#include "melvit/core/error.h"

#include <fmt/format.h>

namespace melvit {

AudioFacts audio_facts() {
    try {
        return {fmt::format("libavformat {}, libavcodec {}", ffmpeg_version(ffmpeg().avformat_version()),
                            ffmpeg_version(ffmpeg().avcodec_version())),
                resampler_version()};
    } catch (const Error&) {
        return {"none", "none"};  // pictures need no FFmpeg
    }
}

}  // namespace melvit
