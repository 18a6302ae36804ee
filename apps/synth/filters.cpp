#include "apps/synth/filters.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace melvit {

void overdrive(std::span<float> samples, float drive) {
    if (drive <= 0) return;
    for (float& sample : samples) {
        const float pushed = drive * sample;
        sample = pushed / (1 + std::abs(pushed));
    }
}

void add_room(std::span<float> samples, float level, float sample_rate_hz) {
    if (level <= 0) return;
    constexpr std::array<float, 4> kEchoSeconds = {0.0297F, 0.0371F, 0.0411F, 0.0437F};
    constexpr float kFeedback = 0.82F;
    std::vector<float> echoes(samples.size());
    for (const float seconds : kEchoSeconds) {
        std::vector<float> line(static_cast<std::size_t>(seconds * sample_rate_hz));
        LowPass wall(4000, sample_rate_hz);
        std::size_t at = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const float echo = line[at];
            line[at] = samples[i] + kFeedback * wall(echo);
            echoes[i] += echo;
            at = at + 1 == line.size() ? 0 : at + 1;
        }
    }
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += 0.25F * level * echoes[i];
}

}  // namespace melvit
