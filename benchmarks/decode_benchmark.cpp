// Songs to mono samples at 22 050 Hz: how long a 60 s file takes, and how many times faster than it plays.

#include "melvit/audio/decode.h"
#include "melvit/audio/resample.h"
#include "melvit/audio/wav.h"

#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <string>
#include <unistd.h>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

void report_speed(benchmark::State& state, double seconds_of_sound) {
    state.counters["times_real_time"] = benchmark::Counter(
        seconds_of_sound * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// A tone of 440 Hz and amplitude 0.5.
Waveform tone(double seconds, int rate_hz) {
    Waveform waveform{.samples = {}, .sample_rate_hz = rate_hz};
    waveform.samples.resize(static_cast<std::size_t>(seconds * rate_hz));
    for (std::size_t i = 0; i < waveform.samples.size(); ++i) {
        const double phase = 2 * std::numbers::pi * 440 * static_cast<double>(i) / rate_hz;
        waveform.samples[i] = static_cast<float>(0.5 * std::sin(phase));
    }
    return waveform;
}

double rms(const std::vector<float>& samples) {
    double sum = 0;
    for (const float sample : samples) sum += static_cast<double>(sample) * sample;
    return std::sqrt(sum / static_cast<double>(samples.size()));
}

/// A real song: 60 s of MP3, 44.1 kHz stereo.
void decode_mp3(benchmark::State& state) {
    const fs::path file = fs::path(MELVIT_SHARED_DIR) / "data/emotify/rock/1.mp3";
    if (!fs::exists(file)) return state.SkipWithError("needs ../shared/data/emotify");
    const Waveform check = decode(file);
    if (std::abs(check.duration_seconds() - 60) > 0.5 || rms(check.samples) < 0.01) {
        return state.SkipWithError("the song does not decode to 60 s of sound");
    }
    for (auto _ : state) benchmark::DoNotOptimize(decode(file));
    report_speed(state, check.duration_seconds());
}

void decode_wav(benchmark::State& state) {
    const fs::path file =
        fs::temp_directory_path() / ("melvit-benchmark-" + std::to_string(::getpid()) + ".wav");
    write_wav(file, tone(60, 44100));
    const Waveform check = decode(file);
    if (check.samples.size() != 60 * 22050U || std::abs(rms(check.samples) - 0.5 / std::sqrt(2.0)) > 0.001) {
        state.SkipWithError("the tone does not come back");
    }
    for (auto _ : state) benchmark::DoNotOptimize(decode(file));
    report_speed(state, 60);
    fs::remove(file);
}

/// The resampler alone, from range(0) Hz, in the blocks of an MP3 decoder.
void resample_tone(benchmark::State& state) {
    const int from_hz = static_cast<int>(state.range(0));
    const std::vector<float> samples = tone(60, from_hz).samples;
    const auto run = [&] {
        Resampler resampler(from_hz, 22050);
        std::vector<float> output;
        for (std::size_t i = 0; i < samples.size(); i += 1152) {
            resampler.push(std::span(samples).subspan(i, std::min<std::size_t>(1152, samples.size() - i)),
                           output);
        }
        resampler.finish(output);
        return output;
    };
    if (std::abs(rms(run()) - 0.5 / std::sqrt(2.0)) > 0.001) return state.SkipWithError("the tone changes");
    for (auto _ : state) benchmark::DoNotOptimize(run());
    report_speed(state, 60);
}

BENCHMARK(decode_mp3)->Unit(benchmark::kMillisecond);
BENCHMARK(decode_wav)->Unit(benchmark::kMillisecond);
BENCHMARK(resample_tone)->Arg(44100)->Arg(48000)->Arg(96000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace melvit

BENCHMARK_MAIN();
