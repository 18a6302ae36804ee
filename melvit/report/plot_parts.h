#pragma once

#include "melvit/report/curves.h"
#include "melvit/report/overview.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// Colours for a few lines that all readers tell apart, again from the first after eight.
///
/// source  Okabe and Ito 2008, "Color universal design", without yellow, which does not show on white
std::string line_colour(std::size_t index);

/// More lines than this get a colour bar in place of a legend.
constexpr std::size_t kMostInLegend = 8;

/// `set xrange`, `set xtics`, at most so many, at whole epochs.
std::string epoch_axis(int epochs, int most_tics = 12);

/// "with lines ..."; a single epoch is a point.
std::string curve_style(int epochs);

/// The upright axis of a metric, which holds all of the values. Losses far apart stand on a logarithmic scale: the first
/// epochs of a high learning rate lose ten times as much as the last, and the end of every curve would be one line.
std::string metric_axis(const std::vector<double>& values, Measure measure);

/// "1, 2, 5, 10 ..." between two ends of a logarithmic axis; powers of ten alone where more than `most_with_steps`
/// powers lie between.
std::string tics_of_decades(double low, double high, int most_with_steps = 3);

/// How labels below an upright bar or cell are rotated: each ends at its bar.
std::string label_rotation(const std::vector<std::string>& labels);

/// Labels at 0, 1, 2 ... as gnuplot takes them: ('a' 0, 'b' 1), thinned to at most `most`, the first and the
/// last among them.
std::string tics_at_places(const std::vector<std::string>& labels, std::size_t most);

/// The range of a metric's colours and its colour bar, lower is better; outliers get the lightest colour.
///
/// values  that are drawn with it
std::string metric_colours(const std::vector<double>& values, const std::string& name);

/// "validation error (%)".
std::string name_of(const CurveKind& kind);

/// "validation-error", for file names.
std::string slug_of(const CurveKind& kind);

/// A name for files from a parameter's: "head.hidden" -> "head-hidden"; empty when nothing is left.
std::string slug_of(std::string_view name);

/// A text of the user's short enough for a legend.
std::string shortened(std::string_view text, std::size_t most = 24);

}  // namespace melvit
