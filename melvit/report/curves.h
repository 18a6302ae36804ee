#pragma once

#include "melvit/sweep/sweep_record.h"

#include <span>
#include <utility>
#include <vector>

namespace melvit {

enum class Subset { training, validation };
enum class Measure { error, loss };  ///< error: 100 - accuracy in percent
enum class Summary { mean, minimum };

/// What a curve over epochs shows.
struct CurveKind {
    Subset subset = Subset::validation;
    Measure measure = Measure::error;
    Summary summary = Summary::mean;
};

/// One number of one epoch.
double value_of(const EpochMetrics& epoch, const CurveKind& kind);

/// The mean or the minimum over trials after each epoch, over those trials that reached it; numbers that are
/// not finite are passed over.
///
/// epochs   how long the curve is
/// returns  [epochs], NaN where no trial has a number
std::vector<double> curve_of(std::span<const TrialRecord* const> trials, const CurveKind& kind, int epochs);

/// Whether two ends of an axis lie apart: gnuplot refuses a range of nothing.
bool differ(double low, double high);

/// The range that an axis needs to show all finite values, with a little room.
///
/// returns  0 to 1 when there are none
std::pair<double, double> range_of(std::vector<double> values);

}  // namespace melvit
