#include "melvit/nn/peak.h"

#include <algorithm>
#include <chrono>

namespace melvit::nn {

std::optional<double> measure_peak_gops(ElementFormat format) {
    constexpr std::size_t kSteps = std::size_t{1} << 16U;
    constexpr int kRounds = 400;  // of 0.05 - 0.6 ms by processor: a busy machine leaves some alone
    const auto steps = kernels::kernels().register_steps[static_cast<std::size_t>(format)];
    if (steps == nullptr) return std::nullopt;
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        const double multiply_adds = steps(kSteps);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        best = std::max(best, 2 * multiply_adds / spent.count());
    }
    return best / 1e9;
}

double measure_peak_gops(Precision precision) {
    return measure_peak_gops(format_of(precision)).value();
}

}  // namespace melvit::nn
