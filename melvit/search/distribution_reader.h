#pragma once

#include "melvit/search/sweep_file.h"
#include "melvit/search/yaml_value.h"

#include <string>
#include <vector>

namespace melvit {

/// A parameter and what the sweep file says of it, for later errors.
struct ReadParameter {
    Parameter parameter;
    YamlValue value;
};

/// Reads the map of parameters, those in nested "parameters:" with a dot in their name; in sorted order.
///
/// notices  gets sentences on what may surprise
/// throws   Error for what is no parameter of a sweep
std::vector<ReadParameter> read_parameters(const YamlValue& parameters, std::vector<std::string>& notices);

/// Checks that a grid can take the parameters, and adds a notice where it leaves values out.
///
/// throws   Error for a continuous one, for probabilities, and for a grid of more than a million points
void check_grid(const std::vector<ReadParameter>& parameters, std::vector<std::string>& notices);

}  // namespace melvit
