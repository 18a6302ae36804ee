#include "melvit/vit/precision_choice.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <vector>

namespace melvit {
namespace {

/// Images that a precision is judged by; two, because `classify` of one song should not wait for more.
constexpr std::size_t kTrialImages = 2;

std::vector<Image> trial_images(const InputShape& shape) {
    std::vector<Image> images;
    for (std::size_t i = 0; i < kTrialImages; ++i) images.push_back(pattern_image(i, shape));
    return images;
}

double least_cosine_between(const Matrix& a, const Matrix& b) {
    double least = 1.0;
    for (std::size_t row = 0; row < a.rows(); ++row) {
        const double cosine = cosine_of(a.row(row), b.row(row));
        if (!(cosine >= least)) least = cosine;
        if (std::isnan(least)) break;  // rows of zeros have no angle, and are no features to keep
    }
    return least;
}

/// How a precision did.
struct Trial {
    bool passes = false;
    std::string finding;  ///< a sentence for people
};

Trial try_precision(const Body& body, const FeatureConfig& config, Precision precision,
                    const std::vector<Image>& images, const Matrix& expected) {
    try {
        const Matrix features = make_feature_extractor(body, config, precision)->extract(images);
        const double cosine = least_cosine_between(features, expected);
        return {cosine >= least_cosine(precision),
                fmt::format("{} features have a cosine of {:.4f} to those of fp32 ({} wanted)",
                            name_of(precision), cosine, least_cosine(precision))};
    } catch (const Error& error) {  // features that are not finite
        return {false, fmt::format("{} fails: {}", name_of(precision), error.reason())};
    }
}

}  // namespace

double least_cosine(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return 0.999;
        case Precision::int8:
            return 0.99;
        default:
            return 0.999999;
    }
}

double cosine_of(std::span<const float> a, std::span<const float> b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
        bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return ab / std::sqrt(aa * bb);
}

Image pattern_image(std::size_t number, const InputShape& shape) {
    Random random(number, 0);
    Image image{shape, AlignedFloats(shape.size())};
    const auto image_rows = static_cast<std::size_t>(shape.rows);
    const auto image_columns = static_cast<std::size_t>(shape.columns);
    const float rows = random.uniform(0.05F, 0.5F);
    const float columns = random.uniform(0.05F, 0.5F);
    for (std::size_t i = 0; i < image.values.size(); ++i) {
        const auto row = static_cast<float>(i / image_columns % image_rows);
        const auto column = static_cast<float>(i % image_columns);
        const float pattern =
            std::sin(rows * row) * std::sin(columns * column) - row / static_cast<float>(image_rows);
        image.values[i] = 1.5F * pattern + random.uniform(-0.5F, 0.5F);
    }
    return image;
}

double check_precision(const Body& body, const FeatureConfig& config, const FeatureExtractor& extractor,
                       Precision precision) {
    const std::vector<Image> images = trial_images(body.config.input);
    const Matrix expected = make_feature_extractor(body, config, Precision::fp32)->extract(images);
    const double cosine = least_cosine_between(extractor.extract(images), expected);
    if (cosine >= least_cosine(precision)) return cosine;
    throw Error(fmt::format("{} in {}", body.name, name_of(precision)),
                fmt::format("needs features with a cosine of {} to those of fp32", least_cosine(precision)),
                fmt::format("it is {:.4f}", cosine));
}

PrecisionChoice choose_precision(const Body& body, const FeatureConfig& config,
                                 std::vector<Precision> candidates) {
    if (candidates.empty())
        return {Precision::fp32, "this processor has no faster products than those of fp32"};
    const std::vector<Image> images = trial_images(body.config.input);
    const Matrix expected = make_feature_extractor(body, config, Precision::fp32)->extract(images);
    std::string reason = "fp32 it is:";
    for (const Precision precision : candidates) {
        const Trial trial = try_precision(body, config, precision, images, expected);
        if (trial.passes) return {precision, trial.finding};
        reason += fmt::format("{} {}", reason.ends_with(':') ? "" : ";", trial.finding);
    }
    return {Precision::fp32, reason};
}

}  // namespace melvit
