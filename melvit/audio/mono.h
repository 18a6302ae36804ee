#pragma once

#include <vector>

struct AVFrame;

namespace melvit {

/// The channels of a decoded block, averaged to one: the plain mean of all of them, so 5.1 counts its bass
/// channel like any other.
///
/// frame    any of FFmpeg's sample formats, 1 channel or more
/// mono     takes the samples, integers scaled to [-1, 1); reused from block to block
/// source   librosa.to_mono
void average_channels(const AVFrame& frame, std::vector<float>& mono);

/// The first sample that is NaN, infinite or beyond a billion (whose power would overflow in a spectrum);
/// samples.size() when all are good.
std::size_t first_unusable(const std::vector<float>& samples);

}  // namespace melvit
