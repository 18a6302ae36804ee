#pragma once

#include "melvit/audio/clips.h"
#include "melvit/core/config.h"
#include "melvit/core/context.h"
#include "melvit/core/export.h"
#include "melvit/spectrum/image.h"
#include "melvit/spectrum/mel_spectrogram.h"

#include <filesystem>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

namespace melvit {

/// Everything between a file and the images that the body sees. A model file carries it.
struct FrontEnd {
    MelConfig mel = {};
    std::string colours = "magma";
    double clip_seconds = 30.0;
    bool middle_only = true;
    int most_clips = 1;
    std::string crops = "study";
    int crop_count = 1;
    int crop_width = 348;
    bool halves = false;
    std::string normalisation = "imagenet";

    static constexpr auto fields() {
        return std::tuple{
            Field{"mel", &FrontEnd::mel, "the mel front end"},
            Field{"colours", &FrontEnd::colours, "colour map of the picture: magma or viridis"},
            Field{"clip_seconds", &FrontEnd::clip_seconds,
                  "length of the clip that fills one picture, seconds"},
            Field{"middle_only", &FrontEnd::middle_only,
                  "one clip from the middle of a track, else all in a row"},
            Field{"most_clips", &FrontEnd::most_clips,
                  "at most so many clips of a track, evenly spread; 0 = all"},
            Field{"crops", &FrontEnd::crops,
                  "study: the centre 348 x 218 pixels, border and all; windows: crop_count windows over the "
                  "axes"},
            Field{"crop_count", &FrontEnd::crop_count,
                  "windows, evenly spread from the left to the right edge"},
            Field{"crop_width", &FrontEnd::crop_width, "width of a window, pixels of the study's picture"},
            Field{"halves", &FrontEnd::halves,
                  "also the low and the high half of each window as images of their own; the features of the "
                  "three stand "
                  "side by side in one row"},
            Field{"normalisation", &FrontEnd::normalisation,
                  "imagenet: ImageNet's mean and deviation; half: 0.5 and 0.5"}};
    }
};

/// throws  Error that names the first setting that does not work: an unknown colour map, kind of crops or
///         normalisation, a number out of its range; also that of check(MelConfig)
MELVIT_API void check(const FrontEnd& front_end);

/// How many images, one after the other, make one row of features: 3 with halves, else 1.
MELVIT_API std::size_t images_per_row(const FrontEnd& front_end);

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

/// A track shorter than a window says nothing, however often it is repeated.
///
/// clip    of this track
/// throws  Error for such a track
MELVIT_API void check_length(const std::filesystem::path& file, const Clip& clip, const MelConfig& mel);

/// Turns a song or a picture into images, clip by clip, in bounded memory. A picture counts as one clip from
/// 0 to clip_seconds. Training and classification both call this, so they see the same images.
///
/// file     a song of any format of AudioReader, or a PNG or JPEG picture (told apart by its first bytes)
/// throws   Error of check(front_end), read_picture, for_each_clip and mel_spectrogram; Stopped
MELVIT_API TrackFacts for_each_clip_images(const std::filesystem::path& file, const FrontEnd& front_end,
                                           const std::function<void(ClipImages&&)>& take,
                                           const Context& context = {});

/// All images of a file at once; for files of minutes.
MELVIT_API std::vector<ClipImages> preprocess(const std::filesystem::path& file, const FrontEnd& front_end,
                                              const Context& context = {});

}  // namespace melvit
