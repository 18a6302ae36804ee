#include "melvit/spectrum/preprocess.h"

#include "melvit/core/file.h"
#include "melvit/spectrum/colour_map.h"
#include "melvit/spectrum/crops.h"
#include "melvit/spectrum/media_kind.h"
#include "melvit/spectrum/picture_codec.h"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace melvit {
namespace {

constexpr double kLongestClipSeconds = 3600;
constexpr int kMostCrops = 256;

void require(bool holds, const char* setting, const std::string& need, const auto& value) {
    if (!holds) throw Error(fmt::format("front end, {}", setting), need, fmt::format("it is {}", value));
}

Normalisation normalisation_of(const FrontEnd& front_end) {
    if (front_end.normalisation == "half") return {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};
    return {};
}

bool is_picture(const std::filesystem::path& file) {
    const FileDescriptor descriptor = open_regular_file(file);
    std::array<std::byte, 8> start{};
    const ssize_t got = ::read(descriptor.number(), start.data(), start.size());
    const std::size_t count = got < 0 ? 0 : static_cast<std::size_t>(got);
    return picture_format(std::span(start).first(count)) != PictureFormat::other;
}

std::vector<Image> images_of(const Picture& picture, const FrontEnd& front_end) {
    const Normalisation normalisation = normalisation_of(front_end);
    std::vector<Image> images;
    for (const Crop& crop : crops_of(picture, front_end))
        images.push_back(to_image(picture, crop, normalisation));
    return images;
}

TrackFacts images_of_track(const std::filesystem::path& file, const FrontEnd& front_end,
                           const std::function<void(ClipImages&&)>& take, const Context& context) {
    const ClipConfig clips{front_end.mel.sample_rate_hz, front_end.clip_seconds, front_end.middle_only,
                           static_cast<std::size_t>(front_end.most_clips)};
    bool has_sound = false;
    const auto take_clip = [&](const Clip& clip) {
        check_length(file, clip, front_end.mel);
        Picture picture;
        try {
            const MelSpectrogram spectrogram = mel_spectrogram(clip.waveform, front_end.mel);
            picture = draw_study_picture(spectrogram, front_end.colours, front_end.mel.floor_db);
        } catch (const SilentClip&) {
            return;
        } catch (const Error& error) {
            throw Error(file, "needs sound that a spectrogram can be made of", error.what());
        }
        has_sound = true;
        take({images_of(picture, front_end), clip.start_seconds, clip.end_seconds});
    };
    TrackFacts facts = for_each_clip(file, clips, take_clip, context);
    if (!has_sound) throw Error(file, "needs sound", "all it has is above the frequencies of the pictures");
    return facts;
}

}  // namespace

void check(const FrontEnd& front_end) {
    check(front_end.mel);
    colour_map(front_end.colours);
    const int rate_hz = front_end.mel.sample_rate_hz;
    const double least_seconds = static_cast<double>(front_end.mel.window) / rate_hz;
    require(front_end.clip_seconds >= least_seconds && front_end.clip_seconds <= kLongestClipSeconds,
            "clip_seconds",
            fmt::format("needs {:.3f} (one window) to {} seconds", least_seconds, kLongestClipSeconds),
            front_end.clip_seconds);
    const double frames = front_end.clip_seconds * rate_hz / front_end.mel.hop;
    require(
        frames < static_cast<double>(kLongestSide), "clip_seconds",
        fmt::format("needs less than {} frames of {} samples to be drawn", kLongestSide, front_end.mel.hop),
        front_end.clip_seconds);
    require(front_end.most_clips >= 0, "most_clips", "needs 0 or more", front_end.most_clips);
    require(front_end.crops == "study" || front_end.crops == "windows", "crops", "needs study or windows",
            front_end.crops);
    require(front_end.normalisation == "imagenet" || front_end.normalisation == "half", "normalisation",
            "needs imagenet or half", front_end.normalisation);
    if (front_end.crops == "study") {
        require(!front_end.halves, "halves", "needs crops = windows", "study");
        return;
    }
    require(front_end.crop_count >= 1 && front_end.crop_count <= kMostCrops, "crop_count",
            fmt::format("needs 1 to {} windows", kMostCrops), front_end.crop_count);
    require(front_end.crop_width >= 1 && front_end.crop_width <= StudyGeometry::kAxesWidth, "crop_width",
            fmt::format("needs 1 to {} pixels", StudyGeometry::kAxesWidth), front_end.crop_width);
}

std::size_t images_per_row(const FrontEnd& front_end) {
    return front_end.halves ? 3 : 1;
}

void check_length(const std::filesystem::path& file, const Clip& clip, const MelConfig& mel) {
    const double samples = std::round((clip.end_seconds - clip.start_seconds) * mel.sample_rate_hz);
    if (samples >= mel.window) return;
    throw Error(file, fmt::format("needs at least one window of {} samples", mel.window),
                fmt::format("it has {} at {} Hz", samples, mel.sample_rate_hz));
}

TimeSpan time_of_row(const ClipImages& clip, const FrontEnd& front_end, std::size_t row) {
    const TimeSpan whole{clip.start_seconds, clip.end_seconds};
    if (front_end.crops == "study") return whole;
    const double start = window_left(front_end, static_cast<int>(row)) * front_end.clip_seconds;
    const double length = front_end.crop_width * front_end.clip_seconds / StudyGeometry::kAxesWidth;
    const TimeSpan window{clip.start_seconds + start, clip.start_seconds + start + length};
    // Half a pixel of the picture is rounding, not repetition.
    const double tolerance = 0.5 * front_end.clip_seconds / StudyGeometry::kAxesWidth;
    return window.end_seconds > whole.end_seconds + tolerance ? whole : window;
}

TrackFacts for_each_clip_images(const std::filesystem::path& file, const FrontEnd& front_end,
                                const std::function<void(ClipImages&&)>& take, const Context& context) {
    check(front_end);
    // A broken picture is better told as one than as a song.
    if (!is_picture(file) && media_kind(file) != MediaKind::picture) {
        return images_of_track(file, front_end, take, context);
    }
    const FileDescriptor descriptor = open_regular_file(file);
    take({images_of(read_picture(descriptor, file), front_end), 0, front_end.clip_seconds});
    return {.duration_seconds = front_end.clip_seconds, .stamp = stamp_of(descriptor)};
}

std::vector<ClipImages> preprocess(const std::filesystem::path& file, const FrontEnd& front_end,
                                   const Context& context) {
    std::vector<ClipImages> clips;
    for_each_clip_images(
        file, front_end, [&](ClipImages&& clip) { clips.push_back(std::move(clip)); }, context);
    return clips;
}

}  // namespace melvit
