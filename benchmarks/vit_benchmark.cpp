// Images per second of ViT bodies in fp32, and what share of an image's time its bare products take in each
// precision.
//
//     vit_benchmark                 # beside it: python3 benchmarks/peers/vit_torch.py

#include "melvit/core/parallel.h"
#include "melvit/core/random.h"
#include "melvit/nn/openmp.h"
#include "melvit/nn/peak.h"
#include "melvit/nn/processor.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"
#include "melvit/vit/throughput.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <dnnl.hpp>
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

using dnnl::memory;

memory::data_type factor_type(melvit::Precision precision, memory::data_type int8_type) {
    if (precision == melvit::Precision::int8) return int8_type;
    // Where bf16 has no products of its own, melvit multiplies in fp32.
    const bool bf16 = precision == melvit::Precision::bf16 && melvit::nn::this_processor().bf16_products;
    return bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

/// Memory of a description's size, of ones where they are floats.
memory filled(const memory::desc& description, const dnnl::engine& cpu) {
    memory result(description, cpu);
    auto* bytes = static_cast<std::uint8_t*>(result.get_data_handle());
    std::fill_n(bytes, description.get_size(), std::uint8_t{0x3F});
    return result;
}

/// Seconds of oneDNN's matmul [batch x rows x inner] x [batch x inner x columns], nothing before and nothing
/// after it.
///
/// packs  the right factor lies as oneDNN likes it, as weights do
double bare_product(memory::dims left, memory::dims right, melvit::Precision precision, bool packs) {
    const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(cpu);
    const memory::dims result = {left[0], left[1], right[2]};
    const auto sums = precision == melvit::Precision::int8 ? memory::data_type::s32 : memory::data_type::f32;
    const auto plain = memory::format_tag::abc;
    const dnnl::matmul::primitive_desc description(
        {{left, factor_type(precision, memory::data_type::u8), plain},
         {right, factor_type(precision, memory::data_type::s8), packs ? memory::format_tag::any : plain},
         {result, sums, plain}},
        cpu);
    const dnnl::matmul product(description);
    memory x = filled(description.src_desc(), cpu);
    memory weights = filled(description.weights_desc(), cpu);
    memory y = filled(description.dst_desc(), cpu);
    return best_seconds(30, [&] {
        product.execute(stream, {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, y}});
        stream.wait();
    });
}

/// Seconds of all products of an image, each by itself, in the precision; int8's attention in bf16 where the
/// processor has fast products of it, else in fp32, as melvit does it.
double bare_products(const melvit::VitConfig& config, melvit::Precision precision) {
    const auto tokens = static_cast<memory::dim>(config.tokens());
    const auto patches = static_cast<memory::dim>(config.grid().size());
    const auto patch_size = static_cast<memory::dim>(config.patch_size());
    const memory::dim width = config.width;
    const memory::dim mlp = config.mlp_width;
    const memory::dim heads = config.heads;
    const auto linear = [&](memory::dim rows, memory::dim inputs, memory::dim outputs) {
        return bare_product({1, rows, inputs}, {1, inputs, outputs}, precision, true);
    };
    const auto attention = precision == melvit::Precision::int8 ? melvit::Precision::bf16 : precision;
    const double block =
        linear(tokens, width, 3 * width) + linear(tokens, width, width) + linear(tokens, width, mlp) +
        linear(tokens, mlp, width) +
        bare_product({heads, tokens, width / heads}, {heads, width / heads, tokens}, attention, false) +
        bare_product({heads, tokens, tokens}, {heads, tokens, width / heads}, attention, false);
    return linear(patches, patch_size, width) + config.depth * block;
}

/// The best of the runs of one image on one thread, beside what its bare products take in oneDNN and what
/// registers could do.
void share_of_bare_products(benchmark::State& state, const std::string& name, melvit::Precision precision) {
    const std::size_t threads_before = melvit::thread_count();
    melvit::set_thread_count(1);
    omp_set_num_threads(1);
    const melvit::Body body = melvit::load_body("random:" + name);
    const auto extractor = melvit::make_feature_extractor(body, {.tokens = "time_mean"}, precision);
    const std::vector<Image> images = random_images(1);
    double image = 1e9;
    double bare = 1e9;
    for (auto _ : state) {
        image =
            std::min(image, best_seconds(10, [&] { benchmark::DoNotOptimize(extractor->extract(images)); }));
        bare = std::min(bare, bare_products(body.config, precision));
    }
    state.counters["ms/image"] = 1e3 * image;
    state.counters["bare_ms/image"] = 1e3 * bare;
    state.counters["share_of_bare"] = bare / image;
    state.counters["GFLOP/s"] = melvit::flops_of_image(body.config) / image / 1e9;
    state.counters["registers_GFLOP/s"] = melvit::nn::measure_peak_gops(precision);
    melvit::set_thread_count(threads_before);
}

/// What the decision in nn/processor.cpp rests on: whether the processor's own steps of bf16 outrun those of
/// fp32; 0 where it has none.
void bf16_steps(benchmark::State& state) {
    for (auto _ : state) {
        state.counters["fp32_GFLOP/s"] = melvit::nn::measure_peak_gops(melvit::Precision::fp32);
        state.counters["bf16_steps_GFLOP/s"] = melvit::nn::measure_bf16_steps_gops().value_or(0);
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
BENCHMARK_CAPTURE(share_of_bare_products, vit_b_16_fp32, "vit_b_16", melvit::Precision::fp32)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_bare_products, vit_b_16_bf16, "vit_b_16", melvit::Precision::bf16)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_bare_products, vit_b_16_int8, "vit_b_16", melvit::Precision::int8)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(share_of_bare_products, vit_ti_16_fp32, "vit_ti_16", melvit::Precision::fp32)
    ->Iterations(4)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
