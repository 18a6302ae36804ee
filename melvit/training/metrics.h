#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace melvit {

/// How well one genre is told from the others; 0 where a quotient has nothing below it.
struct GenreMetrics {
    double precision = 0;    ///< share of the tracks called so that are
    double recall = 0;       ///< share of the genre's tracks that are called so
    double f1 = 0;           ///< harmonic mean of both
    std::size_t tracks = 0;  ///< tracks of the genre
};

/// What probabilities are worth, measured on tracks whose genre is known.
struct Metrics {
    std::size_t tracks = 0;
    double loss = 0;      ///< mean of -log(probability of the true genre)
    double accuracy = 0;  ///< share of tracks whose most probable genre is the true one
    std::pair<double, double> interval95{0, 0};  ///< of the accuracy, see wilson_interval
    double macro_f1 = 0;               ///< mean of f1 over the genres that have tracks or were named
    std::vector<GenreMetrics> genres;  ///< [genres]
    std::vector<std::vector<std::size_t>> confusion;  ///< [truth][prediction], tracks
    double calibration_error = 0;                     ///< see calibration_error_of
};

/// Measures predictions.
///
/// probabilities  [tracks x genres], each row sums to 1; of equal ones the first genre counts as the largest
/// labels         [tracks], each below the number of genres
/// throws         Error when there are no tracks
/// source         loss: log_loss, macro_f1: f1_score(average="macro") of sklearn.metrics. A probability below
///                2^-126 counts as 2^-126, so that one certain mistake does not make the loss infinite
Metrics metrics_of(const Matrix& probabilities, std::span<const std::size_t> labels);

/// The 95 % interval of a share.
///
/// source  Wilson 1927, "Probable inference, the law of succession, and statistical inference"
std::pair<double, double> wilson_interval(std::size_t right, std::size_t all);

/// Tracks whose highest probability lies in one of 15 equal bins of it.
struct ReliabilityBin {
    double confidence = 0;  ///< mean of their highest probability
    double accuracy = 0;    ///< share of them whose most probable genre is the true one
    std::size_t tracks = 0;
};

/// The bins of a reliability diagram, from low to high confidence; a bin without tracks is all 0.
///
/// probabilities  [tracks x genres]
/// source         Guo et al. 2017, "On calibration of modern neural networks", section 2
std::vector<ReliabilityBin> reliability_of(const Matrix& probabilities, std::span<const std::size_t> labels);

/// Expected calibration error: how far confidence and accuracy lie apart, the mean over 15 equal bins of the
/// confidence, weighted by their tracks.
///
/// source  Guo et al. 2017, "On calibration of modern neural networks", equation 3
double calibration_error_of(const Matrix& probabilities, std::span<const std::size_t> labels);

}  // namespace melvit
