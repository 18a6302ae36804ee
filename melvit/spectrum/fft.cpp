#include "melvit/spectrum/fft.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <numbers>
#include <span>
#include <utility>

namespace melvit {
namespace {

/// Eights and fours first: they need the fewest passes over the data. 16 is two fours, not an eight and a
/// two.
std::vector<std::size_t> factors_of(std::size_t length) {
    if (length == 1) return {1};
    std::vector<std::size_t> factors;
    for (; length % 8 == 0 && length != 16; length /= 8) factors.push_back(8);
    for (; length % 4 == 0; length /= 4) factors.push_back(4);
    for (std::size_t factor = 2; length > 1; ++factor) {
        for (; length % factor == 0; length /= factor) factors.push_back(factor);
    }
    return factors;
}

}  // namespace

std::vector<kernels::ComplexNumber> roots_of_unity(std::size_t length) {
    // A quarter turn on only swaps and negates; sines and cosines are slow.
    const std::size_t computed = length % 4 == 0 ? length / 4 : length;
    std::vector<kernels::ComplexNumber> roots;
    roots.reserve(length);
    for (std::size_t n = 0; n < computed; ++n) {
        const double turn = static_cast<double>(n) / static_cast<double>(length);
        const std::complex<double> root = std::polar(1.0, -2.0 * std::numbers::pi * turn);
        roots.push_back({root.real(), root.imag()});
    }
    for (std::size_t n = computed; n < length; ++n) {
        const kernels::ComplexNumber before = roots[n - computed];
        roots.push_back({before.im, -before.re});
    }
    return roots;
}

std::size_t LaneFft::largest_factor(std::size_t length) {
    std::size_t largest = 1;
    for (std::size_t factor = 2; factor * factor <= length; ++factor) {
        for (; length % factor == 0; length /= factor) largest = factor;
    }
    return std::max(largest, length);
}

LaneFft::LaneFft(std::size_t length) : from_(length), to_(length) {
    assert(length > 0 && largest_factor(length) <= kLargestFactor);
    const std::vector<kernels::ComplexNumber> roots = roots_of_unity(length);
    std::size_t stride = 1;
    for (const std::size_t radix : factors_of(length)) {
        Pass pass{radix, length / (stride * radix), stride, {}, {}};
        for (std::size_t group = 0; group < pass.groups; ++group) {
            for (std::size_t k = 0; k < radix; ++k) pass.twiddles.push_back(roots[group * k * pass.stride]);
        }
        for (std::size_t k = 0; k < radix; ++k) {
            for (std::size_t j = 0; j < radix; ++j) {
                pass.roots.push_back(roots[j * k % radix * (length / radix)]);
            }
        }
        passes_.push_back(std::move(pass));
        stride *= radix;
    }
}

const LaneSignals& LaneFft::transform(const kernels::FftFrames& frames) {
    const kernels::Kernels& table = kernels::kernels();
    table.fft_first_pass(passes_.front().kernel(), frames, to_.re.data(), to_.im.data());
    for (const Pass& pass : std::span(passes_).subspan(1)) {
        std::swap(from_, to_);
        table.fft_pass(pass.kernel(), from_.re.data(), from_.im.data(), to_.re.data(), to_.im.data());
    }
    return to_;
}

}  // namespace melvit
