// Bytes of any kind as a sound file: an Error or samples, within the memory and the time of an ordinary song.

#include "melvit/audio/clips.h"
#include "melvit/audio/decode.h"
#include "melvit/audio/ffmpeg_limits.h"
#include "melvit/core/error.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
    melvit::limit_ffmpeg();
    const melvit::Source file(std::as_bytes(std::span(bytes, count)), "song");
    try {
        const melvit::ClipConfig config{.clip_seconds = 1, .most_clips = 2, .longest_seconds = 60};
        melvit::for_each_clip(file, config, [](const melvit::Clip& clip) {
            if (clip.waveform.samples.size() != 22050) std::abort();
            for (const float sample : clip.waveform.samples) {
                if (!std::isfinite(sample)) std::abort();
            }
        });
        const melvit::Waveform whole = melvit::decode(file, {.longest_seconds = 60});
        if (whole.samples.empty()) std::abort();
    } catch (const melvit::Error&) {
    }
    return 0;
}
