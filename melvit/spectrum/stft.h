#pragma once

#include "melvit/core/matrix.h"
#include "melvit/spectrum/fft.h"

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

/// Power spectra of a signal, frame_lanes() frames at a time: frame t is centred on sample t * hop, the signal is
/// continued with zeros on both sides, the window is a periodic Hann window as long as the transform.
///
/// source  librosa.stft(center=True, pad_mode="constant"), squared magnitude
class PowerStft {
public:
    /// samples outlive it
    /// window  even, its half without prime factors above LaneFft::kLargestFactor; samples
    /// hop     1 or more, samples
    PowerStft(std::span<const float> samples, std::size_t window, std::size_t hop);

    /// 1 + samples / hop
    std::size_t frames() const { return frames_; }

    /// 1 + window / 2
    std::size_t bins() const { return 1 + window_.size() / 2; }

    /// The power of the frames first ... first + frame_lanes() - 1; those beyond the last frame come out as zeros or
    /// as the signal's tail.
    ///
    /// returns  [bins x frame_lanes()], valid until the next call
    const AlignedDoubles& power(std::size_t first);

private:
    kernels::FftFrames cut_frames(std::size_t first);

    std::span<const float> samples_;
    std::size_t hop_;
    std::size_t frames_;
    std::vector<kernels::ComplexNumber> roots_;  ///< [window], exp(-2 pi i n / window)
    std::vector<double> window_;
    std::size_t rows_;                 ///< samples from a frame to the next, as far as the window covers them
    std::size_t columns_;              ///< hops that frame_lanes() frames cover, the last perhaps in part
    std::vector<float> stretch_;       ///< [columns x hop], the samples, with zeros where there are none
    std::vector<float> side_by_side_;  ///< [rows x columns], the stretch's samples one hop apart side by side
    std::vector<std::size_t> places_;  ///< [window], of the first frame's samples in side_by_side_
    LaneFft fft_;           ///< of half the window: even samples as real, odd ones as imaginary parts
    AlignedDoubles power_;  ///< [bins x frame_lanes()]
};

}  // namespace melvit
