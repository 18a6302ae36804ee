#include "melvit/audio/resample.h"

#include "melvit/audio/ffmpeg.h"
#include "melvit/core/error.h"
#include "melvit/core/resource.h"

#include <algorithm>
#include <cstdint>
#include <dlfcn.h>
#include <fmt/format.h>
#include <new>
#include <utility>

namespace melvit {
namespace {

void free_resampler(SwrContext* context) {
    ffmpeg().swr_free(&context);
}
void close_library(void* library) {
    ::dlclose(library);
}
using SwrHandle = std::unique_ptr<SwrContext, ReleasedBy<free_resampler>>;

/// none when this build of FFmpeg lacks the engine.
SwrHandle make_context(int from_hz, int to_hz, ResampleEngine engine) {
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    SwrContext* context = nullptr;
    if (ffmpeg().swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLTP, to_hz, &mono, AV_SAMPLE_FMT_FLTP,
                                     from_hz, 0, nullptr) < 0) {
        throw std::bad_alloc();
    }
    SwrHandle handle(context);
    if (engine == ResampleEngine::soxr) {
        ffmpeg().av_opt_set_int(context, "resampler", SWR_ENGINE_SOXR, 0);
        ffmpeg().av_opt_set_double(context, "precision", 20, 0);
    } else {
        // 128 taps of a Kaiser window with beta 10 reach -100 dB within a tenth of the band.
        ffmpeg().av_opt_set_int(context, "filter_size", 128, 0);
        ffmpeg().av_opt_set_int(context, "filter_type", SWR_FILTER_TYPE_KAISER, 0);
        ffmpeg().av_opt_set_double(context, "kaiser_beta", 10, 0);
        ffmpeg().av_opt_set_double(context, "cutoff", 0.95, 0);
        ffmpeg().av_opt_set_int(context, "exact_rational", 1, 0);
    }
    if (ffmpeg().swr_init(context) < 0) return nullptr;
    return handle;
}

}  // namespace

std::string resampler_version() {
    if (make_context(44100, 22050, ResampleEngine::soxr) == nullptr)
        return "polyphase of libswresample " + ffmpeg_version(ffmpeg().swresample_version());
    // soxr itself is loaded by libswresample, if it is not built in.
    const std::unique_ptr<void, ReleasedBy<close_library>> soxr(
        ::dlopen("libsoxr.so.0", RTLD_LAZY | RTLD_NOLOAD));
    const auto version =
        reinterpret_cast<const char* (*)()>(soxr ? ::dlsym(soxr.get(), "soxr_version") : nullptr);
    if (version == nullptr) return "soxr of libswresample " + ffmpeg_version(ffmpeg().swresample_version());
    std::string text = version();  // "libsoxr-0.1.3"
    if (const std::size_t dash = text.rfind('-'); dash != std::string::npos) text.erase(0, dash + 1);
    return "soxr " + text;
}

struct Resampler::State {
    SwrHandle context;
};

Resampler::Resampler(int from_hz, int to_hz, ResampleEngine engine) : from_hz_(from_hz), to_hz_(to_hz) {
    if (from_hz == to_hz) return;
    const bool either = engine == ResampleEngine::best;
    SwrHandle context = make_context(from_hz, to_hz, either ? ResampleEngine::soxr : engine);
    if (!context && either) context = make_context(from_hz, to_hz, ResampleEngine::polyphase);
    if (!context) {
        throw Error(fmt::format("resampling from {} Hz to {} Hz", from_hz, to_hz),
                    "needs FFmpeg's libswresample with this engine", "it refused");
    }
    state_ = std::make_unique<State>(State{std::move(context)});
}

Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

void Resampler::convert(std::span<const float> samples, std::vector<float>& output) {
    SwrContext* context = state_->context.get();
    const int count = static_cast<int>(samples.size());
    const int room = std::max(0, ffmpeg().swr_get_out_samples(context, count));
    const std::size_t before = output.size();
    output.resize(before + static_cast<std::size_t>(room));
    auto* to = reinterpret_cast<std::uint8_t*>(output.data() + before);
    const auto* from = reinterpret_cast<const std::uint8_t*>(samples.data());
    const int got = ffmpeg().swr_convert(context, &to, room, &from, count);
    if (got < 0) throw std::bad_alloc();  // its only failure once it was set up
    output.resize(before + static_cast<std::size_t>(got));
    given_ += static_cast<std::uint64_t>(got);
}

void Resampler::push(std::span<const float> samples, std::vector<float>& output) {
    if (state_) {
        taken_ += samples.size();
        convert(samples, output);
    } else {
        output.insert(output.end(), samples.begin(), samples.end());
    }
}

void Resampler::finish(std::vector<float>& output) {
    if (!state_) return;
    const auto from = static_cast<std::uint64_t>(from_hz_);
    const std::uint64_t whole = (taken_ * static_cast<std::uint64_t>(to_hz_) + from / 2) / from;
    const std::vector<float> silence(4096, 0.0F);
    while (given_ < whole) convert(silence, output);
    output.resize(output.size() - static_cast<std::size_t>(given_ - whole));
    given_ = whole;
}

}  // namespace melvit
