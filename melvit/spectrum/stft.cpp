#include "melvit/spectrum/stft.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace melvit {
namespace {

/// scipy.signal.get_window("hann", length, fftbins=True)
std::vector<double> periodic_hann(std::size_t length) {
    std::vector<double> window(length);
    for (std::size_t n = 0; n < length; ++n) {
        const double turn = 2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(length);
        window[n] = 0.5 - 0.5 * std::cos(turn);
    }
    return window;
}

}  // namespace

PowerStft::PowerStft(std::span<const float> samples, std::size_t window, std::size_t hop)
    : hop_(hop),
      frames_(1 + samples.size() / hop),
      window_(periodic_hann(window)),
      padded_(samples.size() + window + kLanes * hop),
      fft_(window / 2),
      half_(window / 2),
      power_((1 + window / 2) * kLanes) {
    assert(window > 0 && window % 2 == 0 && hop > 0);
    std::copy(samples.begin(), samples.end(), padded_.begin() + static_cast<std::ptrdiff_t>(window / 2));
    for (std::size_t k = 0; k <= window / 4; ++k) {
        const double turn = 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(window);
        cosine_.push_back(std::cos(turn));
        sine_.push_back(std::sin(turn));
    }
}

void PowerStft::load(std::size_t first) {
    const float* start = padded_.data() + first * hop_;
    for (std::size_t n = 0; n < window_.size() / 2; ++n) {
        Lanes even;
        Lanes odd;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            even[lane] = start[lane * hop_ + 2 * n];
            odd[lane] = start[lane * hop_ + 2 * n + 1];
        }
        as_lanes(half_.re)[n] = window_[2 * n] * even;
        as_lanes(half_.im)[n] = window_[2 * n + 1] * odd;
    }
}

// A transform z of even samples (real part) and odd samples (imaginary part) holds, at k and H - k, the transforms
// E of the even and O of the odd ones. With W = exp(-2 pi i k / 2H) the real signal has
// X[k] = E + W O and X[H - k] = conj(E - W O).
void PowerStft::unfold_real_spectrum() {
    const std::size_t half = window_.size() / 2;
    const Lanes* re = as_lanes(half_.re);
    const Lanes* im = as_lanes(half_.im);
    for (std::size_t k = 0; k <= half / 2; ++k) {
        const std::size_t mirror = k == 0 ? 0 : half - k;  // z[H] is z[0]
        const Lanes even_re = 0.5 * (re[k] + re[mirror]);
        const Lanes even_im = 0.5 * (im[k] - im[mirror]);
        const Lanes odd_re = 0.5 * (im[k] + im[mirror]);
        const Lanes odd_im = 0.5 * (re[mirror] - re[k]);
        const Lanes turned_re = cosine_[k] * odd_re + sine_[k] * odd_im;
        const Lanes turned_im = cosine_[k] * odd_im - sine_[k] * odd_re;
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
    load(first);
    fft_.transform(half_);
    unfold_real_spectrum();
    return power_;
}

}  // namespace melvit
