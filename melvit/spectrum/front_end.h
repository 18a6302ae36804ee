#pragma once

#include "melvit/core/config.h"
#include "melvit/core/export.h"
#include "melvit/spectrum/image.h"
#include "melvit/spectrum/mel_spectrogram.h"

#include <cstddef>
#include <string>
#include <tuple>
#include <variant>

namespace melvit {

/// The study's way: a mel-spectrogram drawn as a picture in colours, and crops of it as images of 3 x 224 x 224.
/// A file that is a picture already goes the same way from there.
struct PictureFrontEnd {
    static constexpr const char* kKind = "picture";

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
            Field{"mel", &PictureFrontEnd::mel, "the mel front end"},
            Field{"colours", &PictureFrontEnd::colours, "colour map of the picture: magma or viridis"},
            Field{"clip_seconds", &PictureFrontEnd::clip_seconds,
                  "length of the clip that fills one picture, seconds"},
            Field{"middle_only", &PictureFrontEnd::middle_only,
                  "one clip from the middle of a track, else all in a row"},
            Field{"most_clips", &PictureFrontEnd::most_clips,
                  "at most so many clips of a track, evenly spread; 0 = all"},
            Field{"crops", &PictureFrontEnd::crops,
                  "study: the centre 348 x 218 pixels, border and all; windows: crop_count windows over the "
                  "axes"},
            Field{"crop_count", &PictureFrontEnd::crop_count,
                  "windows, evenly spread from the left to the right edge"},
            Field{"crop_width", &PictureFrontEnd::crop_width,
                  "width of a window, pixels of the study's picture"},
            Field{"halves", &PictureFrontEnd::halves,
                  "also the low and the high half of each window as images of their own; the features of the "
                  "three stand side by side in one row"},
            Field{"normalisation", &PictureFrontEnd::normalisation,
                  "imagenet: ImageNet's mean and standard deviation; half: 0.5 and 0.5"}};
    }
};

/// Everything between a file and the images that the body sees, of one of several kinds. A model file carries it.
using FrontEnd = std::variant<PictureFrontEnd>;

/// throws  Error that names the first setting that does not work: an unknown colour map, kind of crops or
///         normalisation, a number out of its range; also that of check(MelConfig)
MELVIT_API void check(const FrontEnd& front_end);

/// What it makes of a file: images of this shape.
MELVIT_API InputShape input_shape(const FrontEnd& front_end);

/// throws  Error where the front end makes other images than `who` takes
void check_input(const std::string& who, const InputShape& taken, const FrontEnd& front_end);

/// How many images, one after the other, make one row of features: 3 with halves, else 1.
MELVIT_API std::size_t images_per_row(const FrontEnd& front_end);

/// The same front end for all clips of a track in a row.
MELVIT_API FrontEnd with_all_clips(FrontEnd front_end);

}  // namespace melvit
