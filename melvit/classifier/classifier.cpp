#include "melvit/classifier/classifier.h"

#include "melvit/core/error.h"
#include "melvit/core/thread_pool.h"
#include "melvit/spectrum/preprocess.h"

#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

/// What a front end and the model make of a source: the probabilities of every row, and the track's facts.
struct Timeline {
    std::vector<TimedProbabilities> rows;
    TrackFacts track;
};

Timeline timeline_of(const Source& source, const FrontEnd& front_end, const HeadSet& heads,
                     const FeatureExtractor& extractor, const Context& context) {
    const PoolScope threads(context.pool);
    Timeline timeline;
    const auto take_clip = [&](ClipImages&& clip) {
        context.throw_if_stopped();
        Matrix features = extractor.extract(clip.images);
        features.reshape(clip.images.size() / images_per_row(front_end), heads.inputs());
        const Matrix probabilities = predict_rows(heads, features);  // [rows x genres]
        for (std::size_t row = 0; row < probabilities.rows(); ++row) {
            const TimeSpan time = time_of_row(clip, front_end, row);
            const auto values = probabilities.row(row);
            timeline.rows.push_back(
                {time.start_seconds, time.end_seconds, std::vector<double>(values.begin(), values.end())});
        }
    };
    timeline.track = for_each_clip_images(source, front_end, take_clip, context);
    return timeline;
}

std::vector<double> mean_of(const std::vector<TimedProbabilities>& rows) {
    std::vector<double> mean(rows.front().probabilities.size(), 0.0);
    for (const auto& row : rows) {
        for (std::size_t g = 0; g < mean.size(); ++g) mean[g] += row.probabilities[g];
    }
    for (double& value : mean) value /= static_cast<double>(rows.size());
    return mean;
}

}  // namespace

Classifier::Classifier(Model model, const Body& body, Precision precision)
    : model_(std::move(model)),
      extractor_(make_feature_extractor(fitting(body, model_.front_end), model_.features, precision)) {
    check_width("body " + body.name);
}

Classifier::Classifier(Model model, std::unique_ptr<const FeatureExtractor> extractor)
    : model_(std::move(model)), extractor_(std::move(extractor)) {
    check_input("extractor", extractor_->input(), model_.front_end);
    check_width("extractor");
}

void Classifier::check_width(const std::string& who) const {
    const std::size_t width = extractor_->width() * images_per_row(model_.front_end);
    if (width == model_.heads.inputs()) return;
    throw Error(who, fmt::format("needs to give {} features", model_.heads.inputs()),
                fmt::format("it gives {}", width));
}

Prediction Classifier::classify(const Source& source, double segment_seconds, const Context& context) const {
    Timeline timeline = timeline_of(source, model_.front_end, model_.heads, *extractor_, context);
    Prediction prediction;
    prediction.probabilities = mean_of(timeline.rows);
    prediction.duration_seconds = timeline.track.duration_seconds;
    prediction.warning = timeline.track.warning;
    if (segment_seconds <= 0) return prediction;
    // The song's own prediction keeps to the recipe's clips; its segments need all of them.
    const FrontEnd whole_song = with_all_clips(model_.front_end);
    if (config_text(whole_song) != config_text(model_.front_end)) {
        timeline = timeline_of(source, whole_song, model_.heads, *extractor_, context);
    }
    prediction.segments = segments_of(std::move(timeline.rows), prediction.duration_seconds, segment_seconds,
                                      timeline.track.sound);
    return prediction;
}

}  // namespace melvit
