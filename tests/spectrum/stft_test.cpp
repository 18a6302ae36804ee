#include "melvit/spectrum/stft.h"

#include "melvit/core/random.h"

#include <gtest/gtest.h>
#include <vector>

namespace melvit {
namespace {

std::vector<float> noise_of(std::size_t count) {
    Random random(3);
    std::vector<float> samples(count);
    for (float& sample : samples) sample = random.uniform(-1, 1);
    return samples;
}

/// The power of every frame: [frames][bins].
std::vector<std::vector<double>> frames_of(PowerStft stft) {
    std::vector<std::vector<double>> frames(stft.frames(), std::vector<double>(stft.bins()));
    for (std::size_t first = 0; first < stft.frames(); first += frame_lanes()) {
        const AlignedDoubles& power = stft.power(first);
        for (std::size_t lane = 0; lane < frame_lanes() && first + lane < stft.frames(); ++lane) {
            for (std::size_t bin = 0; bin < stft.bins(); ++bin)
                frames[first + lane][bin] = power[bin * frame_lanes() + lane];
        }
    }
    return frames;
}

/// A frame depends on where it stands, not on how far away the next one is, be it more or less than a window.
TEST(PowerStft, HasTheSameFrameAtTheSamePlaceForEveryHop) {
    constexpr std::size_t kWindow = 64;
    const std::vector<float> samples = noise_of(1001);
    const std::vector<std::vector<double>> of_each_sample = frames_of(PowerStft(samples, kWindow, 1));
    for (const std::size_t hop : {7U, 16U, 32U, 63U, 64U, 65U, 100U, 500U, 2000U}) {
        const std::vector<std::vector<double>> frames = frames_of(PowerStft(samples, kWindow, hop));
        ASSERT_EQ(frames.size(), 1 + samples.size() / hop);
        for (std::size_t t = 0; t < frames.size(); ++t)
            ASSERT_EQ(frames[t], of_each_sample[t * hop]) << "frame " << t << " of hop " << hop;
    }
}

}  // namespace
}  // namespace melvit
