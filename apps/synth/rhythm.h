#pragma once

#include <string_view>
#include <vector>

namespace melvit {

/// One event of a bar.
struct Step {
    double start = 0;   ///< share of the bar
    double length = 0;  ///< share of the bar
    char symbol = 'x';
};

/// Reads a bar written as text, cut in as many equal slots as it has characters, so that "x.x.x.x." is
/// straight and "x.xx.xx.xx.x" swings. '.' is silence, '-' holds the step before, all else starts a step.
std::vector<Step> read_bar(std::string_view pattern);

/// How loud a symbol is: 'X' is an accent, 'o' a ghost note, others between.
float step_level(char symbol);

}  // namespace melvit
