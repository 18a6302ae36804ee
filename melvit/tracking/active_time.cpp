#include "melvit/tracking/active_time.h"

#include <algorithm>

namespace melvit {

double active_seconds(std::vector<ActiveSpan> spans) {
    std::ranges::sort(spans, {}, &ActiveSpan::started);
    double seconds = 0;
    double reached = 0;  // nothing before this time is left
    for (const ActiveSpan& span : spans) {
        const double end = span.started + span.seconds;
        seconds += std::max(0.0, end - std::max(span.started, reached));
        reached = std::max(reached, end);
    }
    return seconds;
}

}  // namespace melvit
