#pragma once

#include "melvit/report/figure.h"
#include "melvit/report/split_report.h"

#include <vector>

namespace melvit {

/// The figures of a study of splits: accuracy by protocol with its intervals and single runs, and the
/// learning curves where there are any. A recipe has one colour in both.
std::vector<Figure> split_figures(const SplitStudy& study);

}  // namespace melvit
