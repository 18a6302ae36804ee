// Images per second of ViT bodies in fp32, and what share of an image's time its bare products take in each
// precision.
//
//     vit_benchmark                 # beside it: python3 benchmarks/peers/vit_torch.py

#include "melvit/core/random.h"
#include "melvit/core/thread_pool.h"
#include "melvit/nn/peak.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"
#include "melvit/vit/precision_choice.h"
#include "melvit/vit/throughput.h"
#include "melvit/vit/vit_parameters.h"

#include <algorithm>
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
        images[i].values.resize(images[i].shape.size());
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
    state.counters["GFLOP/s"] =
        benchmark::Counter(done * melvit::flops_of_image(body.config) / 1e9, benchmark::Counter::kIsRate);
}

/// The best time of some runs, in processor time, which other programs disturb least.
template <class Work>
double best_seconds(int runs, const Work& work) {
    double best = 1e9;
    for (int i = 0; i < runs; ++i) {
        const double begin = thread_seconds();
        work();
        best = std::min(best, thread_seconds() - begin);
    }
    return best;
}

/// A ViT-B of four blocks on tokens as AST has them: 1214 of overlapping patches of 128 mel bands by 1024 frames.
melvit::Body body_of_1214_tokens() {
    melvit::VitConfig config;
    config.input = {.channels = 1, .rows = 128, .columns = 1024};
    config.stride_rows = config.stride_columns = 10;
    config.prefix_tokens = 2;
    config.depth = 4;
    return {.name = "1214 tokens",
            .sha256 = "",
            .config = config,
            .parameters = melvit::random_vit_parameters(config, 1)};
}

/// The best of the runs of one image on one thread, beside what registers could do.
///
/// name  of a body, or "1214 tokens"
void share_of_peak(benchmark::State& state, const std::string& name, melvit::Precision precision) {
    melvit::ThreadPool one_thread(1);
    const melvit::PoolScope scope(one_thread);
    const melvit::Body body =
        name == "1214 tokens" ? body_of_1214_tokens() : melvit::load_body("random:" + name);
    const auto extractor = melvit::make_feature_extractor(body, {.tokens = "time_mean"}, precision);
    const std::vector<Image> images{melvit::pattern_image(1, body.config.input)};
    double image = 1e9;
    for (auto _ : state) {
        image =
            std::min(image, best_seconds(10, [&] { benchmark::DoNotOptimize(extractor->extract(images)); }));
    }
    state.counters["ms/image"] = 1e3 * image;
    const double rate = melvit::flops_of_image(body.config) / image / 1e9;
    const double peak = melvit::nn::measure_peak_gops(precision);
    state.counters["GFLOP/s"] = rate;
    state.counters["registers_GFLOP/s"] = peak;
    state.counters["share_of_peak"] = rate / peak;
}

/// What the decision in kernels/processor.h rests on: whether the processor's own steps of bf16 outrun those of
/// fp32; 0 where it has none.
void bf16_steps(benchmark::State& state) {
    for (auto _ : state) {
        state.counters["fp32_GFLOP/s"] = melvit::nn::measure_peak_gops(melvit::Precision::fp32);
        state.counters["bf16_steps_GFLOP/s"] =
            melvit::nn::measure_peak_gops(melvit::nn::ElementFormat::bf16).value_or(0);
    }
}

BENCHMARK(bf16_steps)->Iterations(1);
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
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_b_16_bf16, "vit_b_16", melvit::Precision::bf16)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_b_16_int8, "vit_b_16", melvit::Precision::int8)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, tokens_1214_fp32, "1214 tokens", melvit::Precision::fp32)
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, tokens_1214_int8, "1214 tokens", melvit::Precision::int8)
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_s_16_fp32, "vit_s_16", melvit::Precision::fp32)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_ti_16_fp32, "vit_ti_16", melvit::Precision::fp32)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_peak, vit_ti_16_int8, "vit_ti_16", melvit::Precision::int8)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
