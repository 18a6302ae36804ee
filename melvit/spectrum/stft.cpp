#include "melvit/spectrum/stft.h"

#include <algorithm>
#include <cassert>

namespace melvit {
namespace {

/// scipy.signal.get_window("hann", length, fftbins=True)
///
/// roots  [length], exp(-2 pi i n / length)
std::vector<double> periodic_hann(const std::vector<kernels::ComplexNumber>& roots) {
    std::vector<double> window;
    window.reserve(roots.size());
    for (const kernels::ComplexNumber& root : roots) window.push_back(0.5 - 0.5 * root.re);
    return window;
}

}  // namespace

PowerStft::PowerStft(std::span<const float> samples, std::size_t window, std::size_t hop)
    : samples_(samples),
      hop_(hop),
      frames_(1 + samples.size() / hop),
      roots_(roots_of_unity(window)),
      window_(periodic_hann(roots_)),
      rows_(std::min(hop, window)),
      columns_(frame_lanes() + (window - 1) / hop),
      stretch_(columns_ * hop),
      side_by_side_(rows_ * columns_),
      fft_(window / 2),
      power_((1 + window / 2) * frame_lanes()) {
    assert(window > 0 && window % 2 == 0 && hop > 0);
    places_.reserve(window);
    for (std::size_t n = 0; n < window; ++n) places_.push_back(n % hop * columns_ + n / hop);
}

// In the stretch the samples at one place of the frames stand a hop apart. At the study's hop of 512 that is a
// distance at which a cache keeps only a few of them, so they are brought side by side first.
kernels::FftFrames PowerStft::cut_frames(std::size_t first) {
    const std::size_t before = window_.size() / 2;  // zeros before the first sample
    const std::size_t start = first * hop_;
    const std::size_t zeros = before - std::min(before, start);
    const std::size_t from = std::min(start + zeros - before, samples_.size());
    const std::size_t count = std::min(stretch_.size() - zeros, samples_.size() - from);
    std::fill_n(stretch_.begin(), zeros, 0.0F);
    const auto end = std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(from), count,
                                 stretch_.begin() + static_cast<std::ptrdiff_t>(zeros));
    std::fill(end, stretch_.end(), 0.0F);

    constexpr std::size_t kRowsAtOnce = 16;  // a cache line of each hop
    for (std::size_t top = 0; top < rows_; top += kRowsAtOnce) {
        const std::size_t bottom = std::min(top + kRowsAtOnce, rows_);
        for (std::size_t column = 0; column < columns_; ++column) {
            for (std::size_t row = top; row < bottom; ++row)
                side_by_side_[row * columns_ + column] = stretch_[column * hop_ + row];
        }
    }
    return {side_by_side_.data(), places_.data(), window_.data()};
}

const AlignedDoubles& PowerStft::power(std::size_t first) {
    assert(first < frames_);
    const LaneSignals& z = fft_.transform(cut_frames(first));
    kernels::kernels().real_power(z.re.data(), z.im.data(), window_.size() / 2, roots_.data(), power_.data());
    return power_;
}

}  // namespace melvit
