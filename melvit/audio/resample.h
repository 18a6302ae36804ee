#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// Which of libswresample's two resamplers works; a build of FFmpeg may lack soxr.
enum class ResampleEngine { best, soxr, polyphase };

/// Which of them `best` is here, with its version: "soxr 0.1.3" or "polyphase of libswresample 4.7.100".
///
/// throws  Error of ffmpeg()
std::string resampler_version();

/// Changes the rate of a mono stream, band-limited: what the lower of the two rates cannot carry is taken out
/// (below -80 dB) before it could fold back. Sample k of the output stands at time k / to_hz of the input.
///
/// source  soxr's high quality, 20 bits, as librosa.resample(res_type="soxr_hq")
class Resampler {
public:
    /// from_hz, to_hz  1 000 to 1 000 000 Hz
    /// engine          best = soxr where it is built in, else the polyphase filter of FFmpeg itself
    /// throws          Error when FFmpeg lacks the engine
    Resampler(int from_hz, int to_hz, ResampleEngine engine = ResampleEngine::best);
    ~Resampler();
    Resampler(Resampler&&) noexcept;
    Resampler& operator=(Resampler&&) noexcept;

    int from_hz() const { return from_hz_; }

    /// Takes the next samples and appends to `output` what is ready by now.
    void push(std::span<const float> samples, std::vector<float>& output);

    /// The input is over, silence follows it: appends the rest, so that the whole output has
    /// samples * to_hz / from_hz samples, rounded.
    void finish(std::vector<float>& output);

private:
    struct State;
    void convert(std::span<const float> samples, std::vector<float>& output);

    int from_hz_;
    int to_hz_;
    std::uint64_t taken_ = 0;
    std::uint64_t given_ = 0;
    std::unique_ptr<State> state_;  ///< none for equal rates
};

}  // namespace melvit
