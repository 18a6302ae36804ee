#pragma once

#include "melvit/report/figure.h"
#include "melvit/report/overview.h"

#include <vector>

namespace melvit {

/// The chosen model on the test tracks: confusion matrix, precision, recall and F1 of each genre, reliability
/// diagram; those that the sweep's result has numbers for, none while it has none.
std::vector<Figure> model_figures(const SweepRecord& record);

/// The part of a document at a path of keys, null where it is not there: find_in(result, {"best", "test"}).
nlohmann::ordered_json find_in(const nlohmann::ordered_json& json, const std::vector<std::string>& path);

/// A number, NaN where it is none: JSON has no word for infinity.
double number_in(const nlohmann::ordered_json& json, const std::vector<std::string>& path);

}  // namespace melvit
