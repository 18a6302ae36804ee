// From samples to the image that the body sees: mel-spectrogram, drawing, crops. All on one thread.

#include "melvit/core/random.h"
#include "melvit/spectrum/image.h"
#include "melvit/spectrum/mel_spectrogram.h"
#include "melvit/spectrum/picture.h"
#include "melvit/spectrum/preprocess.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <filesystem>
#include <numbers>

namespace melvit {
namespace {

/// A loud tone over soft noise.
Waveform tone_in_noise(double seconds, double hz, int rate_hz) {
    Waveform clip{.samples = {}, .sample_rate_hz = rate_hz};
    clip.samples.resize(static_cast<std::size_t>(seconds * rate_hz));
    Random random(1);
    for (std::size_t i = 0; i < clip.samples.size(); ++i) {
        const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz;
        clip.samples[i] = static_cast<float>(0.5 * std::sin(phase)) + random.uniform(-0.01F, 0.01F);
    }
    return clip;
}

std::size_t loudest_band(const Matrix& decibels) {
    const auto values = decibels.values();
    const auto at = std::max_element(values.begin(), values.end()) - values.begin();
    return static_cast<std::size_t>(at) / decibels.columns();
}

void mel(benchmark::State& state, const MelConfig& config, std::size_t band_of_tone) {
    const Waveform clip = tone_in_noise(30, 1000, config.sample_rate_hz);
    if (loudest_band(mel_spectrogram(clip, config).decibels) != band_of_tone) {
        return state.SkipWithError("the tone is not in its band");
    }
    for (auto _ : state) benchmark::DoNotOptimize(mel_spectrogram(clip, config));
    state.counters["times_real_time"] =
        benchmark::Counter(30.0 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void draw(benchmark::State& state) {
    const MelSpectrogram spectrogram = mel_spectrogram(tone_in_noise(30, 1000, 22050), {});
    if (draw_study_picture(spectrogram, "magma", -80).width != StudyGeometry::kWidth) {
        return state.SkipWithError("the picture has another width");
    }
    for (auto _ : state) benchmark::DoNotOptimize(draw_study_picture(spectrogram, "magma", -80));
}

/// A crop of range(0) x 218 pixels.
void crop(benchmark::State& state) {
    const Picture grey{432, 288, std::vector<std::uint8_t>(432 * 288 * 3, 51)};
    const Crop window{54, 35, static_cast<int>(state.range(0)), 218};
    for (const float value : to_image(grey, window, {{0.2F, 0.2F, 0.2F}, {1, 1, 1}}).values) {
        if (std::abs(value) > 1e-6F) return state.SkipWithError("a grey picture does not stay grey");
    }
    for (auto _ : state) benchmark::DoNotOptimize(to_image(grey, window, {}));
}

/// A picture file to seven images.
void picture_file(benchmark::State& state) {
    const auto file =
        std::filesystem::path(MELVIT_SHARED_DIR) / "data/gtzan/images_original/blues/blues00000.png";
    if (!std::filesystem::exists(file)) return state.SkipWithError("needs ../shared/data/gtzan");
    const PictureFrontEnd front_end{.crops = "windows", .crop_count = 7, .crop_width = 112};
    if (preprocess(file, front_end).front().images.size() != 7)
        return state.SkipWithError("not seven images");
    for (auto _ : state) benchmark::DoNotOptimize(preprocess(file, front_end));
}

BENCHMARK_CAPTURE(mel, of_30_s_study, MelConfig{}, 38)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mel, of_30_s_16_khz_80_bands, MelConfig{16000, 400, 160, 80, 50, 8000, -80}, 25)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(draw)->Unit(benchmark::kMillisecond);
BENCHMARK(crop)->Arg(112)->Arg(348)->Unit(benchmark::kMillisecond);
BENCHMARK(picture_file)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace melvit

BENCHMARK_MAIN();
