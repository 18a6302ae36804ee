#include "melvit/spectrum/fft.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
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

/// kLanes complex numbers.
struct Complex {
    Lanes re;
    Lanes im;

    friend Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
    friend Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
    friend Complex operator*(const Complex& a, std::complex<double> b) {
        return {a.re * b.real() - a.im * b.imag(), a.re * b.imag() + a.im * b.real()};
    }
};

Complex times_minus_i(const Complex& a) {
    return {a.im, -a.re};
}

/// The inputs of butterflies, `step` elements apart, out of what the pass before wrote.
struct SignalSource {
    const Lanes* re;
    const Lanes* im;
    std::size_t step;

    SignalSource at(std::size_t n) const { return {re + n, im + n, step}; }
    Complex operator[](std::size_t j) const { return {re[j * step], im[j * step]}; }
};

/// The same out of frames, for the first pass.
struct FrameSource {
    LaneFrames frames;
    std::size_t step;

    FrameSource at(std::size_t n) const {
        return {{frames.samples, frames.places + 2 * n, frames.window + 2 * n}, step};
    }
    Complex operator[](std::size_t j) const {
        const std::size_t* places = frames.places + 2 * j * step;
        const double* weights = frames.window + 2 * j * step;
        return {weights[0] * lanes_of(frames.samples + places[0]),
                weights[1] * lanes_of(frames.samples + places[1])};
    }
};

/// Where their outputs go.
struct Target {
    Lanes* re;
    Lanes* im;
    std::size_t step;

    void put(std::size_t k, const Complex& value) const {
        re[k * step] = value.re;
        im[k * step] = value.im;
    }
};

/// From the inputs in order.
std::array<Complex, 4> transform_of_four(const Complex& x0, const Complex& x1, const Complex& x2,
                                         const Complex& x3) {
    const Complex even_sum = x0 + x2;
    const Complex even_difference = x0 - x2;
    const Complex odd_sum = x1 + x3;
    const Complex odd_difference = times_minus_i(x1 - x3);
    return {even_sum + odd_sum, even_difference + odd_difference, even_sum - odd_sum,
            even_difference - odd_difference};
}

// The butterflies: output k is twiddles[k] sum_j x[j] exp(-2 pi i j k / radix), where twiddles[0] is 1. They
// are inlined by force: a call for each would cost more than its sums.

struct ButterflyOfFour {
    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const std::complex<double>* twiddles,
                                           const Target& to) const {
        const std::array<Complex, 4> y = transform_of_four(x[0], x[1], x[2], x[3]);
        to.put(0, y[0]);
        to.put(1, y[1] * twiddles[1]);
        to.put(2, y[2] * twiddles[2]);
        to.put(3, y[3] * twiddles[3]);
    }
};

/// Two of four, the odd one turned by eighths of a circle.
struct ButterflyOfEight {
    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const std::complex<double>* twiddles,
                                           const Target& to) const {
        constexpr double kRootHalf = std::numbers::sqrt2 / 2;
        const std::array<Complex, 4> even = transform_of_four(x[0], x[2], x[4], x[6]);
        const std::array<Complex, 4> odd = transform_of_four(x[1], x[3], x[5], x[7]);
        const Complex turned1 = {kRootHalf * (odd[1].re + odd[1].im), kRootHalf * (odd[1].im - odd[1].re)};
        const Complex turned2 = times_minus_i(odd[2]);
        const Complex turned3 = {kRootHalf * (odd[3].im - odd[3].re), -kRootHalf * (odd[3].re + odd[3].im)};
        to.put(0, even[0] + odd[0]);
        to.put(1, (even[1] + turned1) * twiddles[1]);
        to.put(2, (even[2] + turned2) * twiddles[2]);
        to.put(3, (even[3] + turned3) * twiddles[3]);
        to.put(4, (even[0] - odd[0]) * twiddles[4]);
        to.put(5, (even[1] - turned1) * twiddles[5]);
        to.put(6, (even[2] - turned2) * twiddles[6]);
        to.put(7, (even[3] - turned3) * twiddles[7]);
    }
};

/// Of any radix, by its definition.
struct ButterflyOfAny {
    std::size_t radix;
    const std::complex<double>* roots;  ///< [radix x radix]

    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const std::complex<double>* twiddles,
                                           const Target& to) const {
        for (std::size_t k = 0; k < radix; ++k) {
            Complex sum = x[0];
            for (std::size_t j = 1; j < radix; ++j) sum = sum + x[j] * roots[k * radix + j];
            to.put(k, sum * twiddles[k]);
        }
    }
};

}  // namespace

std::vector<std::complex<double>> roots_of_unity(std::size_t length) {
    // A quarter turn on only swaps and negates; sines and cosines are slow.
    const std::size_t computed = length % 4 == 0 ? length / 4 : length;
    std::vector<std::complex<double>> roots;
    roots.reserve(length);
    for (std::size_t n = 0; n < computed; ++n) {
        const double turn = static_cast<double>(n) / static_cast<double>(length);
        roots.push_back(std::polar(1.0, -2.0 * std::numbers::pi * turn));
    }
    for (std::size_t n = computed; n < length; ++n) {
        const std::complex<double> before = roots[n - computed];
        roots.emplace_back(before.imag(), -before.real());
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
    const std::vector<std::complex<double>> roots = roots_of_unity(length);
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

template <class Source, class Butterfly>
void LaneFft::run(const Pass& pass, const Source& from, LaneSignals& to, const Butterfly& butterfly) {
    Lanes* re = as_lanes(to.re);
    Lanes* im = as_lanes(to.im);
    for (std::size_t group = 0; group < pass.groups; ++group) {
        const std::complex<double>* twiddles = pass.twiddles.data() + group * pass.radix;
        for (std::size_t i = 0; i < pass.stride; ++i) {
            const std::size_t out = group * pass.radix * pass.stride + i;
            butterfly(from.at(group * pass.stride + i), twiddles, Target{re + out, im + out, pass.stride});
        }
    }
}

template <class Source>
void LaneFft::run(const Pass& pass, const Source& from, LaneSignals& to) {
    if (pass.radix == 8) {
        run(pass, from, to, ButterflyOfEight{});
    } else if (pass.radix == 4) {
        run(pass, from, to, ButterflyOfFour{});
    } else {
        run(pass, from, to, ButterflyOfAny{pass.radix, pass.roots.data()});
    }
}

const LaneSignals& LaneFft::transform(const LaneFrames& frames) {
    const Pass& first = passes_.front();
    run(first, FrameSource{frames, first.step()}, to_);
    for (const Pass& pass : std::span(passes_).subspan(1)) {
        std::swap(from_, to_);
        run(pass, SignalSource{as_lanes(from_.re), as_lanes(from_.im), pass.step()}, to_);
    }
    return to_;
}

}  // namespace melvit
