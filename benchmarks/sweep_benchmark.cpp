// The study's sweeps at the width of ViT-B/16, with all that a sweep does beside training: locks, logs, the
// best model.

#include "melvit/core/random.h"
#include "melvit/sweep/sweep.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace melvit {
namespace {

constexpr std::size_t kWidth = 768;
constexpr std::size_t kGenres = 10;
constexpr std::size_t kTracks = 999;
constexpr std::size_t kSteps = 8;  // mini-batches of 100 in 800 rows

/// Features with as much to learn in them as real ones: a centre for each genre under noise.
ExtractResult made_features() {
    ExtractResult extracted;
    FeatureTable& table = extracted.table;
    table.genres.resize(kGenres, "genre");
    table.rows = Matrix(kTracks, kWidth);
    table.first_row = {0};
    for (std::size_t track = 0; track < kTracks; ++track) {
        table.labels.push_back(track % kGenres);
        table.files.push_back(std::to_string(track));
        table.file_sha256.push_back(std::to_string(track));
        table.artists.emplace_back();
        table.parts.emplace_back();
        table.first_row.push_back(track + 1);
        Random centre(1, table.labels.back());
        Random random(2, track);
        for (float& value : table.rows.row(track)) value = 0.2F * centre.normal() + random.normal();
    }
    return extracted;
}

Split study_split() {
    Split split;
    for (std::size_t track = 0; track < kTracks; ++track) {
        (track < 800 ? split.train : track < 900 ? split.validation : split.test).push_back(track);
    }
    return split;
}

Parameter listed(const std::string& name, int count, double first, double step) {
    Parameter parameter{name, {}};
    parameter.distribution.kind = DistributionKind::categorical;
    for (int i = 0; i < count; ++i) parameter.distribution.values.emplace_back(first + step * i);
    return parameter;
}

/// A few trials of a study's sweep: `epochs` passes each, `jobs` heads side by side.
void study_trials(benchmark::State& state) {
    const auto jobs = static_cast<std::size_t>(state.range(0));
    const auto epochs = static_cast<std::size_t>(state.range(1));
    const auto trials = static_cast<double>(state.range(2));
    const ExtractResult extracted = made_features();
    const Split split = study_split();
    const Body body;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / fmt::format("melvit-sweep-benchmark-{}", ::getpid());
    SweepConfig config;
    config.file.metric.name = "validation_loss";
    config.file.parameters = {listed("lr", 2, 0.001, 0.0002), listed("weight_decay", 4, 0.005, 0.001)};
    config.experiment.recipe.training.epochs = static_cast<int>(epochs);
    config.folder = folder;
    config.jobs = jobs;
    double best = 1e9;
    for (auto _ : state) {
        std::filesystem::remove_all(folder);
        const SweepRecord record = run_sweep(config, {"data", "body", &body, false}, extracted, split, {});
        if (record.result.at("best").at("test").at("accuracy").get<double>() < 0.5)
            return state.SkipWithError("the heads do not learn");
        best = std::min(best, record.result.at("seconds").get<double>());
    }
    std::filesystem::remove_all(folder);
    const double seconds_a_trial = best / 8;
    state.counters["ms_a_step"] = 1e3 * seconds_a_trial / static_cast<double>(epochs * kSteps);
    state.counters["whole_sweep_s"] = seconds_a_trial * trials;
}

// Sweep 2: 231 trials of 15 epochs; sweep 1: 506 of 25.
BENCHMARK(study_trials)
    ->ArgNames({"jobs", "epochs", "trials"})
    ->Args({1, 15, 231})
    ->Args({2, 15, 231})
    ->Args({2, 25, 506})
    ->Unit(benchmark::kSecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
}  // namespace melvit

BENCHMARK_MAIN();
