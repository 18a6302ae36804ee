#pragma once

#include "melvit/classifier/model.h"
#include "melvit/classifier/prediction.h"
#include "melvit/core/export.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace melvit {

/// A trained model, ready to name genres. Immutable: threads may share one.
class MELVIT_API Classifier {
public:
    /// body    of body_of(model)
    /// throws  Error when the body's features do not fit the head
    Classifier(Model model, const Body& body, Precision precision = Precision::fp32);

    const std::vector<std::string>& genres() const { return model_.genres; }
    const Model& model() const { return model_; }

    /// Names the genre of a song or a picture.
    ///
    /// segment_seconds  0, or the length of the pieces that get a prediction of their own
    /// throws           Error of preprocess; Stopped
    Prediction classify(const std::filesystem::path& file, double segment_seconds = 0.0) const;

private:
    Model model_;
    std::unique_ptr<FeatureExtractor> extractor_;
};

}  // namespace melvit
