#include "melvit/classifier/prediction.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace melvit {
namespace {

/// The mean of the rows' probabilities, weighted by how long each overlaps the segment. A segment that no row
/// overlaps takes the nearest row's.
void fill(Segment& segment, const std::vector<TimedProbabilities>& rows) {
    segment.probabilities.assign(rows.front().probabilities.size(), 0.0);
    double total = 0.0;
    const auto add = [&](const TimedProbabilities& row, double weight) {
        total += weight;
        for (std::size_t g = 0; g < row.probabilities.size(); ++g) {
            segment.probabilities[g] += weight * row.probabilities[g];
        }
    };
    for (const TimedProbabilities& row : rows) {
        const double overlap = std::min(segment.end_seconds, row.end_seconds) -
                               std::max(segment.start_seconds, row.start_seconds);
        if (overlap > 0) add(row, overlap);
    }
    if (total <= 0) {
        const double middle = (segment.start_seconds + segment.end_seconds) / 2;
        const auto distance = [&](const TimedProbabilities& row) {
            return std::abs((row.start_seconds + row.end_seconds) / 2 - middle);
        };
        add(*std::min_element(rows.begin(), rows.end(),
                              [&](const auto& a, const auto& b) { return distance(a) < distance(b); }),
            1.0);
    }
    for (double& probability : segment.probabilities) probability /= total;
}

}  // namespace

std::vector<std::size_t> top_genres(const std::vector<double>& probabilities, std::size_t count) {
    std::vector<std::size_t> order(probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return probabilities[a] > probabilities[b]; });
    order.resize(std::min(count, order.size()));
    return order;
}

std::vector<Segment> segments_of(std::vector<TimedProbabilities> rows, double duration_seconds,
                                 double segment_seconds, const SoundMap& sound) {
    const auto is_silent = [&](const Segment& stretch) {
        return !sound.empty() && !sound.has_sound(stretch.start_seconds, stretch.end_seconds);
    };
    if (!std::ranges::all_of(rows, is_silent)) std::erase_if(rows, is_silent);
    // A rest below a tenth joins the piece before it.
    const double pieces = std::max(1.0, std::ceil(duration_seconds / segment_seconds - 0.1));
    std::vector<Segment> segments;
    for (double i = 0; i < pieces; ++i) {
        const double end = i + 1 == pieces ? duration_seconds : (i + 1) * segment_seconds;
        Segment segment{i * segment_seconds, end, {}};
        if (!is_silent(segment)) fill(segment, rows);
        segments.push_back(std::move(segment));
    }
    return segments;
}

}  // namespace melvit
