#include "melvit/vit/throughput.h"

#include "melvit/core/cores.h"
#include "melvit/core/error.h"
#include "melvit/core/thread_pool.h"
#include "melvit/nn/peak.h"
#include "melvit/vit/feature_extractor.h"
#include "melvit/vit/precision_choice.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <numeric>
#include <span>
#include <vector>

namespace melvit {
namespace {

template <class Work>
double seconds_of(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Of all threads together, each busy at the same time; threads beyond the cores bring nothing.
double measure_peak_gflops(Precision precision, ThreadPool& pool) {
    std::vector<double> rates(std::min(pool.threads(), usable_cores()));
    pool.for_each(rates.size(), [&](std::size_t core) { rates[core] = nn::measure_peak_gops(precision); });
    return std::accumulate(rates.begin(), rates.end(), 0.0);
}

/// throws  Error when the last image alone gives other features than in the batch; sums in another order may
///         differ a little
void check_batch(const Matrix& features, std::span<const Image> images, const FeatureExtractor& extractor) {
    constexpr double kLeastCosine = 0.999999;
    const Matrix alone = extractor.extract(images.last(1));
    const double cosine = cosine_of(features.row(images.size() - 1), alone.row(0));
    if (cosine >= kLeastCosine) return;
    throw Error("features", "need to depend on their image alone",
                fmt::format("an image alone and in a batch give a cosine of {:.7f}", cosine));
}

}  // namespace

double flops_of_image(const VitConfig& config) {
    // T = tokens, D = width, M = mlp_width
    const auto t = static_cast<double>(config.tokens());
    const double d = config.width;
    const double m = config.mlp_width;
    const double patches = static_cast<double>(config.grid().size() * config.patch_size()) * d;
    const double block = t * d * 3 * d + 2 * t * t * d + t * d * d + 2 * t * d * m;
    return 2.0 * (patches + config.depth * block);
}

Throughput measure_throughput(const Body& body, Precision precision, std::size_t batch,
                              const Context& context) {
    const PoolScope threads(context.pool);
    constexpr double kSeconds = 2.0;
    const FeatureConfig config = plain_features(body);
    const auto extractor = make_feature_extractor(body, config, precision);
    Throughput measured;
    measured.cosine_to_fp32 = check_precision(body, config, *extractor, precision);
    std::vector<Image> images;
    for (std::size_t i = 0; i < batch; ++i) images.push_back(pattern_image(i, body.config.input));
    const Matrix features = extractor->extract(images);  // [batch x D]; also the warm-up
    check_batch(features, images, *extractor);
    // Batches of the median speed: others may use the machine too.
    std::vector<double> times;
    for (double spent = 0; spent < kSeconds || times.size() < 3; spent += times.back()) {
        context.throw_if_stopped();
        times.push_back(seconds_of([&] { extractor->extract(images); }));
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    measured.images_per_second = static_cast<double>(batch) / times[times.size() / 2];
    measured.gflops = measured.images_per_second * flops_of_image(body.config) / 1e9;
    measured.peak_gflops = measure_peak_gflops(precision, context.pool);
    return measured;
}

}  // namespace melvit
