#pragma once

#include "melvit/audio/clips.h"
#include "melvit/core/context.h"
#include "melvit/core/export.h"
#include "melvit/core/source.h"
#include "melvit/spectrum/front_end.h"

#include <functional>
#include <vector>

namespace melvit {

/// The images of one clip (or of one picture file) and where the clip stands in its track.
struct ClipImages {
    std::vector<Image> images;  ///< [rows x images_per_row], rows from left to right
    double start_seconds = 0;
    double end_seconds = 0;
};

/// A stretch of a track.
struct TimeSpan {
    double start_seconds = 0;
    double end_seconds = 0;
};

/// Which part of its track a row of a clip's images shows. In a clip that a short track was repeated to fill,
/// a row beyond the track's end shows all of it.
MELVIT_API TimeSpan time_of_row(const ClipImages& clip, const FrontEnd& front_end, std::size_t row);

/// Seconds between the starts of two rows of features that stand side by side.
MELVIT_API double seconds_between_rows(const FrontEnd& front_end);

/// A track shorter than a window says nothing, however often it is repeated.
///
/// clip    of the track
/// throws  Error for such a track
MELVIT_API void check_length(const Source& track, const Clip& clip, const MelConfig& mel);

/// Turns a song or a picture into images, clip by clip, in bounded memory. A picture counts as one clip from
/// 0 to clip_seconds. Training and classification both call this, so they see the same images.
///
/// source   a song of any format of AudioReader, or a PNG or JPEG picture
/// throws   Error of check(front_end), read_picture, for_each_clip and mel_spectrogram; Stopped
MELVIT_API TrackFacts for_each_clip_images(const Source& source, const FrontEnd& front_end,
                                           const std::function<void(ClipImages&&)>& take,
                                           const Context& context = {});

/// All images of a source at once; for songs of minutes.
MELVIT_API std::vector<ClipImages> preprocess(const Source& source, const FrontEnd& front_end,
                                              const Context& context = {});

}  // namespace melvit
