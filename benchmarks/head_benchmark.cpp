#include "melvit/core/random.h"
#include "melvit/core/thread_pool.h"
#include "melvit/head/adamw.h"
#include "melvit/head/loss.h"
#include "melvit/nn/peak.h"
#include "melvit/training/trainer.h"

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <numeric>
#include <vector>

namespace melvit {
namespace {

constexpr std::size_t kWidth = 768;
constexpr std::size_t kGenres = 10;
constexpr std::size_t kBatch = 100;
constexpr std::size_t kRows = 800;
// 2 for a multiplication and an addition; forward, weights' gradient and, but for the first layer, inputs'
// gradient.
constexpr double kStepGigaflop = 2e-9 * kBatch * (2.0 * 768 * 1024 + 3.0 * 1024 * 1024 + 3.0 * 1024 * 10);

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The study's head with its optimiser, and 800 rows to learn by heart.
struct StudyHead {
    Matrix features{kRows, kWidth};
    std::vector<std::size_t> rows = std::vector<std::size_t>(kRows);
    std::vector<std::size_t> labels;
    PackedHead head = pack(make_head({}, kWidth, kGenres, 1));
    Backpropagation gradient{head, kBatch};
    AdamW optimiser{head, {.weight_decay = 0.012}};
    Matrix slope{kBatch, kGenres};
    std::size_t steps = 0;

    StudyHead() {
        Random random(1);
        for (float& value : features.values()) value = random.normal();
        for (std::size_t i = 0; i < kRows; ++i) labels.push_back(random.below(kGenres));
        std::iota(rows.begin(), rows.end(), std::size_t{0});
    }

    double step() {
        const std::size_t first = steps++ * kBatch % kRows;
        const Matrix& logits = gradient.forward(head, features, std::span(rows).subspan(first, kBatch), {});
        const BatchLoss result = cross_entropy(logits, std::span(labels).subspan(first, kBatch), 0.0, slope);
        gradient.backward(head, slope);
        optimiser.step(head, gradient, 0.0016);
        return result.loss;
    }

    /// The result before the time: three epochs bring the loss below half of chance's.
    bool learns() {
        double loss = 0.0;
        for (int i = 0; i < 24; ++i) loss = step();
        return loss < 1.15;
    }
};

void report(benchmark::State& state, double best_step_seconds, double cores) {
    state.counters["best_ms_a_step"] = 1e3 * best_step_seconds;
    state.counters["GFLOP/s"] = kStepGigaflop / best_step_seconds;
    state.counters["share_of_peak"] =
        kStepGigaflop / best_step_seconds / (nn::measure_peak_gops(Precision::fp32) * cores);
}

/// One step of the study's head on the number of threads given.
void study_step(benchmark::State& state) {
    const auto threads = static_cast<std::size_t>(state.range(0));
    ThreadPool pool(threads);
    const PoolScope scope(pool);
    StudyHead study;
    if (!study.learns()) return state.SkipWithError("the head does not learn");
    double best = 1e9;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(study.step());
        best = std::min(best, seconds_since(start));
    }
    report(state, best, static_cast<double>(threads));
}

/// Two heads side by side, one a core, as a sweep trains them: the time of a step is half the time of a pair.
void two_heads(benchmark::State& state) {
    ThreadPool pool(2);
    std::array<StudyHead, 2> heads;
    for (StudyHead& head : heads) {
        if (!head.learns()) return state.SkipWithError("the head does not learn");
    }
    constexpr int kSteps = 8;
    double best = 1e9;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        pool.for_each(2, [&](std::size_t i) {
            for (int step = 0; step < kSteps; ++step) benchmark::DoNotOptimize(heads[i].step());
        });
        best = std::min(best, seconds_since(start) / (2 * kSteps));
    }
    report(state, best, 2.0);
}

/// 7000 rows of 2700 features through one hidden layer of 512, 30 epochs: songs in several pictures each.
void large_training(benchmark::State& state) {
    ThreadPool pool(static_cast<std::size_t>(state.range(0)));
    FeatureTable table;
    table.genres.resize(kGenres);
    table.rows = Matrix(7700, 2700);
    table.first_row = {0};
    Random random(1);
    for (std::size_t track = 0; track < 1100; ++track) {
        table.labels.push_back(track % kGenres);
        table.files.push_back(std::to_string(track));
        table.first_row.push_back(7 * (track + 1));
        for (std::size_t row = 7 * track; row < 7 * (track + 1); ++row) {
            Random centre(2, track % kGenres);
            for (float& value : table.rows.row(row)) value = centre.uniform() + random.uniform();
        }
    }
    Split split;
    for (std::size_t track = 0; track < 1100; ++track)
        (track < 1000 ? split.train : split.validation).push_back(track);
    TrainConfig config;
    config.head = {.hidden = 512, .shape = "mlp", .dropout = 0.5F};
    config.epochs = 30;
    config.standardise = true;
    config.fixed_batches = false;
    for (auto _ : state) {
        const Trained trained = train(table, split, config, 1, {}, {.pool = pool});
        if (trained.history.back().validation_accuracy < 0.9)
            return state.SkipWithError("the head does not learn");
    }
}

BENCHMARK(study_step)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2);
BENCHMARK(two_heads)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2);
BENCHMARK(large_training)->Arg(2)->Unit(benchmark::kSecond)->UseRealTime()->Iterations(1);

}  // namespace
}  // namespace melvit

BENCHMARK_MAIN();
