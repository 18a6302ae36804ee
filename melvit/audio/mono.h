#pragma once

#include <vector>

struct AVFrame;

namespace melvit {

/// A decoded block and its channels, averaged to one: the plain mean of all of them, so 5.1 counts its bass
/// channel like any other. Reused from block to block.
///
/// source   librosa.to_mono
struct MixedBlock {
    std::vector<std::vector<float>> channels;  ///< each scaled by 1 / channels
    std::vector<float> mono;                   ///< their sum; integers scaled to [-1, 1)
};

/// frame    any of FFmpeg's sample formats, 1 channel or more
void average_channels(const AVFrame& frame, MixedBlock& block);

/// The first sample that is NaN, infinite or beyond a billion (whose power would overflow in a spectrum);
/// samples.size() when all are good.
std::size_t first_unusable(const std::vector<float>& samples);

}  // namespace melvit
