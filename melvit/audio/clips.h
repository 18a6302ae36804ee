#pragma once

#include "melvit/audio/sound_map.h"
#include "melvit/audio/waveform.h"
#include "melvit/core/context.h"
#include "melvit/core/error.h"
#include "melvit/core/export.h"
#include "melvit/core/source.h"

#include <cstddef>
#include <functional>
#include <string>

namespace melvit {

/// Which pieces of a track become pictures.
struct ClipConfig {
    int sample_rate_hz = 22050;           ///< Hz
    double clip_seconds = 30.0;           ///< length of a clip, seconds
    bool middle_only = false;             ///< one clip, the middle of the track (the study), else all
    std::size_t most_clips = 0;           ///< at most so many, evenly spread over the track; 0 = all
    double longest_seconds = 2 * 3600.0;  ///< a longer file is refused, see DecodeConfig
};

/// A clip and where in its track it stands, in seconds. The track's own sound ends at end_seconds: before
/// start_seconds + clip_seconds when the track was repeated to fill the clip.
struct Clip {
    Waveform waveform;  ///< exactly clip_seconds long
    double start_seconds = 0;
    double end_seconds = 0;
};

/// A track without sound: of a type of its own, because "no genre" is a true answer about it.
class MELVIT_API SilentTrack : public Error {
public:
    using Error::Error;
};

/// What was read of a track.
struct TrackFacts {
    double duration_seconds = 0;
    std::string warning = {};  ///< empty, or what is missing, stated wrongly or silent where a clip belongs
    SoundMap sound = {};       ///< where there is sound, as far as the track was decoded
};

/// Reads a track as a stream and calls take(clip) for each of its clips with sound, in order of time; silent
/// ones (sound_map.h) are passed over. Memory is bounded by a few clips, or most_clips. A track shorter than one
/// clip is repeated until it fills the clip, so that the time scale stays; a rest at the end shorter than half a
/// clip is left out unless it is all there is, a longer one becomes a last clip that ends with the track's end
/// (it overlaps the one before).
///
/// Where all the sound of a longer track would fit into half a clip (a hidden track after minutes of silence),
/// that sound alone is the clip, repeated as a short track is.
///
/// A choice of clips (middle_only, most_clips) is laid out by the duration that the container states, or else
/// by the one counted from its packets, and anew when the track proves to be of another length: behind the
/// last clip packets are counted without being decoded, unless those before it played another time than they
/// say. Where all chosen clips are silent, the clip with sound nearest to the middle is given, with a note.
///
/// throws   SilentTrack; Error of AudioReader, for a track whose channels cancel each other in mono throughout,
///          and for a clip_seconds that is not above 0 and at most longest_seconds;
///          Stopped
MELVIT_API TrackFacts for_each_clip(const Source& source, const ClipConfig& config,
                                    const std::function<void(const Clip&)>& take,
                                    const Context& context = {});

}  // namespace melvit
