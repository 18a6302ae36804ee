#include "melvit/spectrum/front_end.h"

#include "melvit/core/error.h"
#include "melvit/spectrum/colour_map.h"
#include "melvit/spectrum/crops.h"
#include "melvit/spectrum/picture.h"
#include "melvit/spectrum/picture_codec.h"

#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

constexpr double kLongestClipSeconds = 3600;
constexpr int kMostCrops = 256;

void require_front_end(bool holds, const char* setting, const std::string& need, const auto& value) {
    if (!holds) throw Error(fmt::format("front end, {}", setting), need, fmt::format("it is {}", value));
}

void check_kind(const PictureFrontEnd& front_end) {
    check(front_end.mel);
    colour_map(front_end.colours);
    const int rate_hz = front_end.mel.sample_rate_hz;
    const double least_seconds = static_cast<double>(front_end.mel.window) / rate_hz;
    require_front_end(
        front_end.clip_seconds >= least_seconds && front_end.clip_seconds <= kLongestClipSeconds,
        "clip_seconds",
        fmt::format("needs {:.3f} (one window) to {} seconds", least_seconds, kLongestClipSeconds),
        front_end.clip_seconds);
    const double frames = front_end.clip_seconds * rate_hz / front_end.mel.hop;
    require_front_end(
        frames < static_cast<double>(kLongestSide), "clip_seconds",
        fmt::format("needs less than {} frames of {} samples to be drawn", kLongestSide, front_end.mel.hop),
        front_end.clip_seconds);
    require_front_end(front_end.most_clips >= 0, "most_clips", "needs 0 or more", front_end.most_clips);
    require_front_end(front_end.crops == "study" || front_end.crops == "windows", "crops",
                      "needs study or windows", front_end.crops);
    require_front_end(front_end.normalisation == "imagenet" || front_end.normalisation == "half",
                      "normalisation", "needs imagenet or half", front_end.normalisation);
    if (front_end.crops == "study") {
        require_front_end(!front_end.halves, "halves", "needs crops = windows", "study");
        return;
    }
    require_front_end(front_end.crop_count >= 1 && front_end.crop_count <= kMostCrops, "crop_count",
                      fmt::format("needs 1 to {} windows", kMostCrops), front_end.crop_count);
    require_front_end(front_end.crop_width >= 1 && front_end.crop_width <= StudyGeometry::kAxesWidth,
                      "crop_width", fmt::format("needs 1 to {} pixels", StudyGeometry::kAxesWidth),
                      front_end.crop_width);
}

InputShape shape_of_kind(const PictureFrontEnd& /*front_end*/) {
    return kPictureInput;
}

std::size_t images_of_kind(const PictureFrontEnd& front_end) {
    return front_end.halves ? 3 : 1;
}

void take_all_clips(PictureFrontEnd& front_end) {
    front_end.middle_only = false;
    front_end.most_clips = 0;
}

}  // namespace

void check(const FrontEnd& front_end) {
    std::visit([](const auto& kind) { check_kind(kind); }, front_end);
}

InputShape input_shape(const FrontEnd& front_end) {
    return std::visit([](const auto& kind) { return shape_of_kind(kind); }, front_end);
}

void check_input(const std::string& who, const InputShape& taken, const FrontEnd& front_end) {
    const InputShape made = input_shape(front_end);
    if (taken == made) return;
    throw Error(who, fmt::format("needs a front end that makes its input, {}", text_of(taken)),
                "the recipe's makes " + text_of(made));
}

std::size_t images_per_row(const FrontEnd& front_end) {
    return std::visit([](const auto& kind) { return images_of_kind(kind); }, front_end);
}

FrontEnd with_all_clips(FrontEnd front_end) {
    std::visit([](auto& kind) { take_all_clips(kind); }, front_end);
    return front_end;
}

}  // namespace melvit
