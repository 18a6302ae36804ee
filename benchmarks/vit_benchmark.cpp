// Images per second of ViT bodies in fp32, and the share of the machine's arithmetic peak that they reach.
//
//     vit_benchmark                 # beside it: python3 benchmarks/peers/vit_torch.py

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/nn/linear.h"
#include "melvit/nn/peak.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"
#include "melvit/vit/throughput.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace {

using melvit::Image;
using melvit::Matrix;

std::vector<Image> random_images(std::size_t count) {
    std::vector<Image> images(count);
    for (std::size_t i = 0; i < count; ++i) {
        melvit::Random random(1, i);
        images[i].values.resize(std::size_t{3} * Image::kSize * Image::kSize);
        for (float& value : images[i].values) value = random.uniform(-2.0F, 2.0F);
    }
    return images;
}

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// features  of the same images twice
bool are_sound(const Matrix& first, const Matrix& second) {
    for (const float value : first.values()) {
        if (!std::isfinite(value)) return false;
    }
    return first == second;
}

/// Wall time of a batch on all threads: what a user waits for.
void extract(benchmark::State& state, const std::string& name, const std::string& tokens) {
    const melvit::Body body = melvit::load_body("random:" + name);
    const auto extractor = melvit::make_feature_extractor(body, {.tokens = tokens});
    const std::vector<Image> images = random_images(static_cast<std::size_t>(state.range(0)));
    if (!are_sound(extractor->extract(images), extractor->extract(images))) {
        state.SkipWithError("the features are not finite, or differ from one run to the next");
        return;
    }
    for (auto _ : state) benchmark::DoNotOptimize(extractor->extract(images));
    const auto done = static_cast<double>(state.iterations()) * static_cast<double>(images.size());
    state.counters["images/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
    state.counters["GFLOP/s"] = benchmark::Counter(done * melvit::flops_of_image(body.weights.config) / 1e9,
                                                   benchmark::Counter::kIsRate);
}

/// The best of the runs of one image on one thread in processor time, which other programs disturb least; and the
/// best of a large product by the same engine, as the peak that it is measured against.
void share_of_peak(benchmark::State& state, const std::string& name, melvit::Precision precision) {
    const std::size_t threads_before = melvit::thread_count();
    melvit::set_thread_count(1);
    const melvit::Body body = melvit::load_body("random:" + name);
    const auto extractor = melvit::make_feature_extractor(body, {.tokens = "time_mean"}, precision);
    const std::vector<Image> images = random_images(1);
    constexpr std::size_t kRows = 197;
    constexpr std::size_t kSide = 768;
    const Matrix weight(kSide, kSide);
    const Matrix bias(1, kSide);
    const melvit::nn::Linear product({weight, bias}, precision);
    melvit::nn::Operand x(kRows, kSide, precision);
    for (std::size_t row = 0; row < kRows; ++row) x.set_row(row, std::vector<float>(kSide, 1.0F));
    double image_seconds = 1e9;
    double product_seconds = 1e9;
    for (auto _ : state) {
        double begin = thread_seconds();
        benchmark::DoNotOptimize(extractor->extract(images));
        image_seconds = std::min(image_seconds, thread_seconds() - begin);
        for (int i = 0; i < 20; ++i) {
            begin = thread_seconds();
            benchmark::DoNotOptimize(product(x));
            product_seconds = std::min(product_seconds, thread_seconds() - begin);
        }
    }
    const double speed = melvit::flops_of_image(body.weights.config) / image_seconds / 1e9;
    const double peak = 2.0 * kRows * kSide * kSide / product_seconds / 1e9;
    state.counters["ms/image"] = 1e3 * image_seconds;
    state.counters["GFLOP/s"] = speed;
    state.counters["product_GFLOP/s"] = peak;
    state.counters["registers_GFLOP/s"] = melvit::nn::measure_peak_gops(precision);
    state.counters["share"] = speed / peak;
    melvit::set_thread_count(threads_before);
}

BENCHMARK_CAPTURE(extract, vit_b_16_class, "vit_b_16", "class")
    ->Arg(1)
    ->Arg(16)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(extract, vit_b_16_time_mean, "vit_b_16", "time_mean")
    ->Arg(16)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(extract, vit_ti_16_class, "vit_ti_16", "class")
    ->Arg(64)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_b_16_fp32, "vit_b_16", melvit::Precision::fp32)
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_b_16_int8, "vit_b_16", melvit::Precision::int8)
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_ti_16_fp32, "vit_ti_16", melvit::Precision::fp32)
    ->Iterations(200)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
