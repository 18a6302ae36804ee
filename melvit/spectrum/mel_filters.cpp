#include "melvit/spectrum/mel_filters.h"

#include <algorithm>
#include <cmath>

namespace melvit {
namespace {

constexpr double kHzPerMel = 200.0 / 3.0;  // in the linear part
constexpr double kBreakHz = 1000.0;
constexpr double kBreakMel = kBreakHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27.0;  // in the logarithmic part

}  // namespace

double mel_of_hz(double hz) {
    return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double hz_of_mel(double mel) {
    return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

std::vector<MelFilter> mel_filters(const MelConfig& config) {
    const double lowest = mel_of_hz(config.lowest_hz);
    const double highest = mel_of_hz(config.highest_hz);
    const auto corner_hz = [&](int index) {
        return hz_of_mel(lowest + (highest - lowest) * index / (config.bands + 1));
    };
    std::vector<MelFilter> filters;
    for (int band = 0; band < config.bands; ++band) {
        const double left = corner_hz(band);
        const double centre = corner_hz(band + 1);
        const double right = corner_hz(band + 2);
        MelFilter filter;
        const int first = static_cast<int>(left * config.window / config.sample_rate_hz);
        for (int bin = first; bin <= config.window / 2; ++bin) {
            const double hz = static_cast<double>(bin) * config.sample_rate_hz / config.window;
            const double height = std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
            if (hz >= right) break;
            if (height <= 0) continue;
            if (filter.weights.empty()) filter.first_bin = static_cast<std::size_t>(bin);
            filter.weights.emplace_back(static_cast<float>(height * 2.0 / (right - left)));
        }
        filters.push_back(std::move(filter));
    }
    return filters;
}

}  // namespace melvit
