#pragma once

#include "melvit/search/sweep_file.h"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// "log_uniform_values" and so on, as in sweep files.
std::string_view name_of(DistributionKind kind);

/// The kind of that name; nothing when there is none.
std::optional<DistributionKind> distribution_kind(std::string_view name);

/// Whether the values are one of a list that is written in the file.
bool is_listed(DistributionKind kind);

/// Whether its values are multiples of a step: q_uniform and kin.
bool is_quantised(DistributionKind kind);

/// Doubles hold all whole numbers up to here.
inline constexpr double kMostExact = 0x1.0p53;

/// The value below which the share `u` of the values lies; a random value for a random u. Of lists: the value
/// at that share of their probabilities.
///
/// u       in (0, 1)
/// source  as sweeps.params.HyperParameter.ppf of Weights & Biases; q_...: the nearest multiple of q, which
///         may lie up to q / 2 outside of min and max
nlohmann::ordered_json quantile(const Distribution& distribution, double u);

/// The share of values below `value`, for a distribution of numbers: the inverse of `quantile`. A whole
/// number of int_uniform stands for the middle of its share.
///
/// returns  in [0, 1]
double share_below(const Distribution& distribution, double value);

/// A text that is the same for equal values: 3 and 3.0, but not true and 1.
std::string value_key(const nlohmann::ordered_json& value);

/// Number of values that a grid takes of it; 0 for a distribution that has no such list.
///
/// source  q_uniform: ceil((max - min) / q) values from min on, as numpy.arange, which leaves max out
std::size_t grid_size(const Distribution& distribution);

/// Those values: in the order of the file or rising, equal ones (3 and 3.0) once.
std::vector<nlohmann::ordered_json> grid_values(const Distribution& distribution);

}  // namespace melvit
