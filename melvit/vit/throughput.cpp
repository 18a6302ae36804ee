#include "melvit/vit/throughput.h"

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/core/stop.h"
#include "melvit/nn/gemm.h"
#include "melvit/vit/feature_extractor.h"

#include <algorithm>
#include <chrono>
#include <cmath>
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

std::vector<Image> random_images(std::size_t count) {
    std::vector<Image> images(count);
    for (std::size_t i = 0; i < count; ++i) {
        Random random(0, i);
        images[i].values.resize(3U * Image::kSize * Image::kSize);
        for (float& value : images[i].values) value = random.uniform(-2.0F, 2.0F);
    }
    return images;
}

double cosine_of(std::span<const float> a, std::span<const float> b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += static_cast<double>(a[i]) * b[i];
        aa += static_cast<double>(a[i]) * a[i];
        bb += static_cast<double>(b[i]) * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

/// The best of some rounds of one square product on every thread.
double measure_peak_gflops() {
    constexpr std::size_t kSize = 1024;
    constexpr int kRounds = 12;
    const std::size_t threads = thread_count();
    std::vector<Matrix> a(threads, Matrix(kSize, kSize));
    std::vector<Matrix> b = a;
    std::vector<Matrix> c = a;
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
        const double seconds = seconds_of([&] {
            parallel_for(threads, [&](std::size_t t) {
                nn::sgemm({.rows = kSize, .columns = kSize, .inner = kSize}, nn::factor(a[t]),
                          nn::factor(b[t]), c[t].data(), kSize);
            });
        });
        best = std::max(best, 2.0 * static_cast<double>(threads) * std::pow(kSize, 3) / seconds / 1e9);
    }
    return best;
}

}  // namespace

double flops_of_image(const VitConfig& config) {
    // T = tokens, D = width, M = mlp_width
    constexpr double t = VitConfig::kTokens;
    const double d = config.width;
    const double m = config.mlp_width;
    const double patches = (t - 1) * 3 * VitConfig::kPatch * VitConfig::kPatch * d;
    const double block = t * d * 3 * d + 2 * t * t * d + t * d * d + 2 * t * d * m;
    return 2.0 * (patches + config.depth * block);
}

Throughput measure_throughput(const Body& body, std::size_t batch) {
    constexpr double kSeconds = 2.0;
    const auto extractor = make_feature_extractor(body, {});
    const std::vector<Image> images = random_images(batch);
    const Matrix features = extractor->extract(images);  // [batch x D]
    Throughput measured;
    measured.cosine_to_fp32 = 1.0;
    for (std::size_t i = 0; i < std::min<std::size_t>(batch, 8); ++i) {
        const Matrix alone = extractor->extract(std::span(images).subspan(i, 1));
        measured.cosine_to_fp32 = std::min(measured.cosine_to_fp32, cosine_of(features.row(i), alone.row(0)));
    }
    // Batches of the median speed: others may use the machine too.
    std::vector<double> times;
    for (double spent = 0; spent < kSeconds || times.size() < 3; spent += times.back()) {
        throw_if_stopped();
        times.push_back(seconds_of([&] { extractor->extract(images); }));
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    measured.images_per_second = static_cast<double>(batch) / times[times.size() / 2];
    measured.gflops = measured.images_per_second * flops_of_image(body.weights.config) / 1e9;
    measured.peak_gflops = measure_peak_gflops();
    return measured;
}

}  // namespace melvit
