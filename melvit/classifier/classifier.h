#pragma once

#include "melvit/classifier/model.h"
#include "melvit/classifier/prediction.h"
#include "melvit/core/context.h"
#include "melvit/core/export.h"
#include "melvit/core/source.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace melvit {

/// A trained model, ready to name genres. Immutable: threads may share one, and none waits for another.
class MELVIT_API Classifier {
public:
    /// body    of body_of(model)
    /// throws  Error when the body does not fit the front end, or its features not the head
    Classifier(Model model, const Body& body, Precision precision = Precision::fp32);

    /// With features from elsewhere: another device, say.
    ///
    /// extractor  of the model's body; several threads may call it at the same time
    Classifier(Model model, std::unique_ptr<const FeatureExtractor> extractor);

    const std::vector<std::string>& genres() const { return model_.genres; }
    const Model& model() const { return model_; }

    /// Names the genre of a song or a picture, of a file or of bytes in memory:
    ///
    ///     classifier.classify("song.mp3");
    ///     classifier.classify({bytes, "song.mp3"});
    ///
    /// segment_seconds  0, or the length of the pieces that get a prediction of their own
    /// context          whose threads share the work, and what stops this call alone
    /// throws           Error of preprocess; Stopped
    Prediction classify(const Source& source, double segment_seconds = 0.0,
                        const Context& context = {}) const;
    Prediction classify(const Source& source, const Context& context) const {
        return classify(source, 0.0, context);
    }

private:
    void check_width(const std::string& who) const;

    Model model_;
    std::unique_ptr<const FeatureExtractor> extractor_;
};

}  // namespace melvit
