#pragma once

#include "melvit/report/figure.h"
#include "melvit/report/overview.h"

#include <optional>
#include <vector>

namespace melvit {

/// How the metric depends on the first two parameters: a heat map with the best trial of each pair of values,
/// dots coloured by the metric where trials have values of their own, dots over one parameter if only one
/// varies; nothing if none does.
std::optional<Figure> metric_map(const Overview& overview);

/// The metric of each trial in the order of their numbers, and the best one so far.
///
/// overview  needs a trial with a result; so do the figures below
Figure best_so_far(const Overview& overview);

/// Validation loss and error of the ten best trials after each epoch.
Figure learning_curves(const Overview& overview);

/// One line a trial through all of its parameters to its metric; nothing if no parameter varies.
std::optional<Figure> parallel_coordinates(const Overview& overview);

/// How much of the metric's scatter goes with each parameter; nothing if that cannot be told of any.
std::optional<Figure> importance_figure(const Overview& overview);

}  // namespace melvit
