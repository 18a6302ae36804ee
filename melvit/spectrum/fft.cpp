#include "melvit/spectrum/fft.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <utility>

// R = radix, G = groups, S = stride; R * G * S = length

namespace melvit {
namespace {

/// Fours first: they need the fewest passes over the data.
std::vector<std::size_t> factors_of(std::size_t length) {
    std::vector<std::size_t> factors;
    for (; length % 4 == 0; length /= 4) factors.push_back(4);
    for (std::size_t factor = 2; length > 1; ++factor) {
        for (; length % factor == 0; length /= factor) factors.push_back(factor);
    }
    return factors;
}

/// Real and imaginary parts of elements that stand `step` apart.
struct Source {
    const Lanes* re;
    const Lanes* im;
    std::size_t step;
};

struct Target {
    Lanes* re;
    Lanes* im;
    std::size_t step;

    void put(std::size_t k, const Lanes& new_re, const Lanes& new_im) const {
        re[k * step] = new_re;
        im[k * step] = new_im;
    }

    void put_turned(std::size_t k, const Lanes& new_re, const Lanes& new_im,
                    std::complex<double> turn) const {
        put(k, new_re * turn.real() - new_im * turn.imag(), new_re * turn.imag() + new_im * turn.real());
    }
};

/// factors  [4 x 4]: of which column 0, the twiddles of the outputs, is used; the roots of four need no products
void butterfly_of_four(const Source& from, const std::complex<double>* factors, const Target& to) {
    const std::size_t step = from.step;
    const Lanes even_sum_re = from.re[0] + from.re[2 * step];
    const Lanes even_sum_im = from.im[0] + from.im[2 * step];
    const Lanes even_difference_re = from.re[0] - from.re[2 * step];
    const Lanes even_difference_im = from.im[0] - from.im[2 * step];
    const Lanes odd_sum_re = from.re[step] + from.re[3 * step];
    const Lanes odd_sum_im = from.im[step] + from.im[3 * step];
    // -i times the difference
    const Lanes odd_difference_re = from.im[step] - from.im[3 * step];
    const Lanes odd_difference_im = from.re[3 * step] - from.re[step];
    to.put(0, even_sum_re + odd_sum_re, even_sum_im + odd_sum_im);
    to.put_turned(1, even_difference_re + odd_difference_re, even_difference_im + odd_difference_im,
                  factors[4]);
    to.put_turned(2, even_sum_re - odd_sum_re, even_sum_im - odd_sum_im, factors[8]);
    to.put_turned(3, even_difference_re - odd_difference_re, even_difference_im - odd_difference_im,
                  factors[12]);
}

/// factors  [radix x radix]
void butterfly(std::size_t radix, const Source& from, const std::complex<double>* factors, const Target& to) {
    for (std::size_t k = 0; k < radix; ++k) {
        Lanes re = from.re[0] * factors[0].real() - from.im[0] * factors[0].imag();
        Lanes im = from.re[0] * factors[0].imag() + from.im[0] * factors[0].real();
        for (std::size_t j = 1; j < radix; ++j) {
            const Lanes& other_re = from.re[j * from.step];
            const Lanes& other_im = from.im[j * from.step];
            re += other_re * factors[j].real() - other_im * factors[j].imag();
            im += other_re * factors[j].imag() + other_im * factors[j].real();
        }
        to.put(k, re, im);
        factors += radix;
    }
}

}  // namespace

std::size_t LaneFft::largest_factor(std::size_t length) {
    std::size_t largest = 1;
    for (std::size_t factor = 2; factor * factor <= length; ++factor) {
        for (; length % factor == 0; length /= factor) largest = factor;
    }
    return std::max(largest, length);
}

LaneFft::LaneFft(std::size_t length) : scratch_(length) {
    assert(length > 0 && largest_factor(length) <= kLargestFactor);
    std::size_t rest = length;
    for (const std::size_t radix : factors_of(length)) {
        Pass pass{radix, rest / radix, length / rest, {}};
        for (std::size_t group = 0; group < pass.groups; ++group) {
            for (std::size_t k = 0; k < radix; ++k) {
                for (std::size_t j = 0; j < radix; ++j) {
                    // root(j k) * twiddle(group k) = exp(-2 pi i (j k G + group k) / (R G))
                    const std::size_t turns = k * (j * pass.groups + group) % rest;
                    const double angle =
                        -2.0 * std::numbers::pi * static_cast<double>(turns) / static_cast<double>(rest);
                    pass.factors.emplace_back(std::polar(1.0, angle));
                }
            }
        }
        passes_.push_back(std::move(pass));
        rest /= radix;
    }
}

void LaneFft::run(const Pass& pass, const LaneSignals& from, LaneSignals& to) {
    for (std::size_t group = 0; group < pass.groups; ++group) {
        const std::complex<double>* factors = pass.factors.data() + group * pass.radix * pass.radix;
        for (std::size_t i = 0; i < pass.stride; ++i) {
            const std::size_t in = group * pass.stride + i;
            const std::size_t out = group * pass.radix * pass.stride + i;
            const Source source{as_lanes(from.re) + in, as_lanes(from.im) + in, pass.groups * pass.stride};
            const Target target{as_lanes(to.re) + out, as_lanes(to.im) + out, pass.stride};
            if (pass.radix == 4) {
                butterfly_of_four(source, factors, target);
            } else {
                butterfly(pass.radix, source, factors, target);
            }
        }
    }
}

void LaneFft::transform(LaneSignals& signals) {
    assert(signals.re.size() == scratch_.re.size());
    for (const Pass& pass : passes_) {
        run(pass, signals, scratch_);
        std::swap(signals, scratch_);
    }
}

}  // namespace melvit
