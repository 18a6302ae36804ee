#pragma once

#include <vector>

namespace melvit {

/// When something was on its way.
struct ActiveSpan {
    double started = 0;  ///< seconds since 1970
    double seconds = 0;
};

/// The seconds in which at least one of them was: what a long job took without its interruptions.
double active_seconds(std::vector<ActiveSpan> spans);

}  // namespace melvit
