#include "melvit/training/metrics.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace melvit {
namespace {

std::size_t most_probable(std::span<const float> probabilities) {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
}

double share(std::size_t part, std::size_t all) {
    return all == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(all);
}

/// Precision, recall and F1 of each genre out of the confusion matrix.
std::vector<GenreMetrics> genre_metrics(const std::vector<std::vector<std::size_t>>& confusion) {
    std::vector<GenreMetrics> genres(confusion.size());
    for (std::size_t genre = 0; genre < genres.size(); ++genre) {
        std::size_t called = 0;
        for (std::size_t other = 0; other < genres.size(); ++other) {
            genres[genre].tracks += confusion[genre][other];
            called += confusion[other][genre];
        }
        const std::size_t right = confusion[genre][genre];
        genres[genre].precision = share(right, called);
        genres[genre].recall = share(right, genres[genre].tracks);
        genres[genre].f1 = share(2 * right, called + genres[genre].tracks);
    }
    return genres;
}

/// A genre without tracks that was never named says nothing of the head.
double macro_f1(const std::vector<std::vector<std::size_t>>& confusion,
                const std::vector<GenreMetrics>& genres) {
    double sum = 0.0;
    std::size_t counted = 0;
    for (std::size_t genre = 0; genre < genres.size(); ++genre) {
        bool named = genres[genre].tracks > 0;
        for (const auto& row : confusion) named = named || row[genre] > 0;
        if (!named) continue;
        sum += genres[genre].f1;
        ++counted;
    }
    return sum / static_cast<double>(counted);
}

}  // namespace

Metrics metrics_of(const Matrix& probabilities, std::span<const std::size_t> labels) {
    assert(probabilities.rows() == labels.size());
    if (labels.empty()) throw Error("metrics", "need at least one track", "there is none");
    const std::size_t genres = probabilities.columns();
    Metrics metrics;
    metrics.tracks = labels.size();
    metrics.confusion.assign(genres, std::vector<std::size_t>(genres, 0));
    std::size_t right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto row = probabilities.row(i);
        metrics.loss -= std::log(std::max<double>(row[labels[i]], std::numeric_limits<float>::min()));
        const std::size_t predicted = most_probable(row);
        ++metrics.confusion[labels[i]][predicted];
        right += predicted == labels[i] ? 1 : 0;
    }
    metrics.loss /= static_cast<double>(labels.size());
    metrics.accuracy = share(right, labels.size());
    metrics.interval95 = wilson_interval(right, labels.size());
    metrics.genres = genre_metrics(metrics.confusion);
    metrics.macro_f1 = macro_f1(metrics.confusion, metrics.genres);
    metrics.calibration_error = calibration_error_of(probabilities, labels);
    return metrics;
}

std::pair<double, double> wilson_interval(std::size_t right, std::size_t all) {
    if (all == 0) return {0.0, 1.0};
    constexpr double kZ = 1.959963984540054;  // 97.5 % of a normal distribution lie below
    const auto n = static_cast<double>(all);
    const double p = static_cast<double>(right) / n;
    const double scale = 1.0 / (1.0 + kZ * kZ / n);
    const double centre = scale * (p + kZ * kZ / (2.0 * n));
    const double reach = scale * kZ * std::sqrt(p * (1.0 - p) / n + kZ * kZ / (4.0 * n * n));
    return {std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

std::vector<ReliabilityBin> reliability_of(const Matrix& probabilities, std::span<const std::size_t> labels) {
    constexpr std::size_t kBins = 15;
    std::vector<ReliabilityBin> bins(kBins);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto row = probabilities.row(i);
        const std::size_t predicted = most_probable(row);
        const double confidence = row[predicted];
        // A bin holds its upper edge, as in the paper.
        const double position = std::clamp(std::ceil(confidence * kBins) - 1.0, 0.0, kBins - 1.0);
        ReliabilityBin& bin = bins[static_cast<std::size_t>(position)];
        bin.confidence += confidence;
        bin.accuracy += predicted == labels[i] ? 1.0 : 0.0;
        ++bin.tracks;
    }
    for (ReliabilityBin& bin : bins) {
        if (bin.tracks == 0) continue;
        bin.confidence /= static_cast<double>(bin.tracks);
        bin.accuracy /= static_cast<double>(bin.tracks);
    }
    return bins;
}

double calibration_error_of(const Matrix& probabilities, std::span<const std::size_t> labels) {
    double error = 0.0;
    for (const ReliabilityBin& bin : reliability_of(probabilities, labels)) {
        error += std::abs(bin.accuracy - bin.confidence) * static_cast<double>(bin.tracks);
    }
    return labels.empty() ? 0.0 : error / static_cast<double>(labels.size());
}

}  // namespace melvit
