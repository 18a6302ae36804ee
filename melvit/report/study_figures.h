#pragma once

#include "melvit/report/curves.h"
#include "melvit/report/figure.h"
#include "melvit/report/overview.h"

#include <string>
#include <vector>

namespace melvit {

/// The study's four kinds of figures for one subset and one measure: "Average", "Average with constant LR",
/// "Min with constant LR" and "Solo". In another sweep than the study's its first two parameters with lines
/// take the places of learning rate and weight decay; with one such parameter there is nothing to stack, with
/// none there are no figures.
std::vector<Figure> study_figures(const Overview& overview, Subset subset, Measure measure);

/// Why figures of that kind are missing; empty when they are not.
std::string why_no_study_figures(const Overview& overview);

}  // namespace melvit
