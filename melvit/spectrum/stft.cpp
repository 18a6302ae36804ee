#include "melvit/spectrum/stft.h"

#include <algorithm>
#include <cassert>

namespace melvit {
namespace {

/// scipy.signal.get_window("hann", length, fftbins=True)
///
/// roots  [length], exp(-2 pi i n / length)
std::vector<double> periodic_hann(const std::vector<std::complex<double>>& roots) {
    std::vector<double> window;
    window.reserve(roots.size());
    for (const std::complex<double> root : roots) window.push_back(0.5 - 0.5 * root.real());
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
      columns_(kLanes + (window - 1) / hop),
      stretch_(columns_ * hop),
      turned_(rows_ * columns_),
      fft_(window / 2),
      power_((1 + window / 2) * kLanes) {
    assert(window > 0 && window % 2 == 0 && hop > 0);
    places_.reserve(window);
    for (std::size_t n = 0; n < window; ++n) places_.push_back(n % hop * columns_ + n / hop);
}

// In the stretch the samples at one place of the frames stand a hop apart. At the study's hop of 512 that is a
// distance at which a cache keeps only a few of them, so they are brought side by side first.
LaneFrames PowerStft::cut_frames(std::size_t first) {
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
                turned_[row * columns_ + column] = stretch_[column * hop_ + row];
        }
    }
    return {turned_.data(), places_.data(), window_.data()};
}

// A transform z of even samples (real part) and odd samples (imaginary part) holds, at k and H - k, the
// transforms E of the even and O of the odd ones. With W = exp(-2 pi i k / 2H) the real signal has
// X[k] = E + W O and X[H - k] = conj(E - W O).
void PowerStft::unfold_real_spectrum(const LaneSignals& z) {
    const std::size_t half = window_.size() / 2;
    const Lanes* re = as_lanes(z.re);
    const Lanes* im = as_lanes(z.im);
    for (std::size_t k = 0; k <= half / 2; ++k) {
        const std::size_t mirror = k == 0 ? 0 : half - k;  // z[H] is z[0]
        const Lanes even_re = 0.5 * (re[k] + re[mirror]);
        const Lanes even_im = 0.5 * (im[k] - im[mirror]);
        const Lanes odd_re = 0.5 * (im[k] + im[mirror]);
        const Lanes odd_im = 0.5 * (re[mirror] - re[k]);
        const Lanes turned_re = odd_re * roots_[k].real() - odd_im * roots_[k].imag();
        const Lanes turned_im = odd_re * roots_[k].imag() + odd_im * roots_[k].real();
        const Lanes sum_re = even_re + turned_re;
        const Lanes sum_im = even_im + turned_im;
        const Lanes difference_re = even_re - turned_re;
        const Lanes difference_im = even_im - turned_im;
        as_lanes(power_)[k] = sum_re * sum_re + sum_im * sum_im;
        as_lanes(power_)[half - k] = difference_re * difference_re + difference_im * difference_im;
    }
}

const AlignedDoubles& PowerStft::power(std::size_t first) {
    assert(first < frames_);
    unfold_real_spectrum(fft_.transform(cut_frames(first)));
    return power_;
}

}  // namespace melvit
