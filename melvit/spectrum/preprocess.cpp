#include "melvit/spectrum/preprocess.h"

#include "melvit/spectrum/crops.h"

#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace melvit {
namespace {

Normalisation normalisation_of(const PictureFrontEnd& front_end) {
    if (front_end.normalisation == "half") return {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}};
    return {};
}

std::vector<Image> images_of(const Picture& picture, const PictureFrontEnd& front_end) {
    const Normalisation normalisation = normalisation_of(front_end);
    std::vector<Image> images;
    for (const Crop& crop : crops_of(picture, front_end))
        images.push_back(to_image(picture, crop, normalisation));
    return images;
}

TrackFacts images_of_track(const Source& source, const PictureFrontEnd& front_end,
                           const std::function<void(ClipImages&&)>& take, const Context& context) {
    const ClipConfig clips{front_end.mel.sample_rate_hz, front_end.clip_seconds, front_end.middle_only,
                           static_cast<std::size_t>(front_end.most_clips)};
    bool has_sound = false;
    const auto take_clip = [&](const Clip& clip) {
        check_length(source, clip, front_end.mel);
        Picture picture;
        try {
            const MelSpectrogram spectrogram = mel_spectrogram(clip.waveform, front_end.mel);
            picture = draw_study_picture(spectrogram, front_end.colours, front_end.mel.floor_db);
        } catch (const SilentClip&) {
            return;
        } catch (const Error& error) {
            throw Error(source.name(), "needs sound that a spectrogram can be made of", error.what());
        }
        has_sound = true;
        take({images_of(picture, front_end), clip.start_seconds, clip.end_seconds});
    };
    TrackFacts facts = for_each_clip(source, clips, take_clip, context);
    if (!has_sound)
        throw Error(source.name(), "needs sound", "all it has is above the frequencies of the pictures");
    return facts;
}

TrackFacts images_of_source(const Source& source, const PictureFrontEnd& front_end,
                            const std::function<void(ClipImages&&)>& take, const Context& context) {
    if (source.kind() == MediaKind::song) return images_of_track(source, front_end, take, context);
    take({images_of(read_picture(source), front_end), 0, front_end.clip_seconds});
    return {.duration_seconds = front_end.clip_seconds};
}

TimeSpan time_in_picture(const ClipImages& clip, const PictureFrontEnd& front_end, std::size_t row) {
    const TimeSpan whole{clip.start_seconds, clip.end_seconds};
    if (front_end.crops == "study") return whole;
    const double start = window_left(front_end, static_cast<int>(row)) * front_end.clip_seconds;
    const double length = front_end.crop_width * front_end.clip_seconds / StudyGeometry::kAxesWidth;
    const TimeSpan window{clip.start_seconds + start, clip.start_seconds + start + length};
    // Half a pixel of the picture is rounding, not repetition.
    const double tolerance = 0.5 * front_end.clip_seconds / StudyGeometry::kAxesWidth;
    return window.end_seconds > whole.end_seconds + tolerance ? whole : window;
}

double seconds_between_windows(const PictureFrontEnd& front_end) {
    if (front_end.crops == "study" || front_end.crop_count == 1) return front_end.clip_seconds;
    const ClipImages clip{{}, 0, front_end.clip_seconds};
    return time_in_picture(clip, front_end, 1).start_seconds -
           time_in_picture(clip, front_end, 0).start_seconds;
}

}  // namespace

void check_length(const Source& track, const Clip& clip, const MelConfig& mel) {
    const double samples = std::round((clip.end_seconds - clip.start_seconds) * mel.sample_rate_hz);
    if (samples >= mel.window) return;
    throw Error(track.name(), fmt::format("needs at least one window of {} samples", mel.window),
                fmt::format("it has {} at {} Hz", samples, mel.sample_rate_hz));
}

TimeSpan time_of_row(const ClipImages& clip, const FrontEnd& front_end, std::size_t row) {
    return std::visit([&](const auto& kind) { return time_in_picture(clip, kind, row); }, front_end);
}

double seconds_between_rows(const FrontEnd& front_end) {
    return std::visit([](const auto& kind) { return seconds_between_windows(kind); }, front_end);
}

TrackFacts for_each_clip_images(const Source& source, const FrontEnd& front_end,
                                const std::function<void(ClipImages&&)>& take, const Context& context) {
    check(front_end);
    return std::visit([&](const auto& kind) { return images_of_source(source, kind, take, context); },
                      front_end);
}

std::vector<ClipImages> preprocess(const Source& source, const FrontEnd& front_end, const Context& context) {
    std::vector<ClipImages> clips;
    for_each_clip_images(
        source, front_end, [&](ClipImages&& clip) { clips.push_back(std::move(clip)); }, context);
    return clips;
}

}  // namespace melvit
