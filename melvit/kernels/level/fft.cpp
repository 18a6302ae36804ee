#include "melvit/kernels/level/fft.h"

#include "melvit/kernels/level/simd.h"

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

/// One register of doubles, two without AVX. With more, a butterfly's numbers do not fit the registers, nor the
/// frames of a transform the cache.
using Doubles [[gnu::vector_size(kFrameLanes * sizeof(double)), gnu::may_alias]] = double;
using SomeFloats
    [[gnu::vector_size(kFrameLanes * sizeof(float)), gnu::aligned(sizeof(float)), gnu::may_alias]] = float;

/// kFrameLanes floats from anywhere, as doubles.
Doubles doubles_of(const float* numbers) {
    return __builtin_convertvector(*reinterpret_cast<const SomeFloats*>(numbers), Doubles);
}
Doubles* as_doubles(double* numbers) {
    return reinterpret_cast<Doubles*>(numbers);
}
const Doubles* as_doubles(const double* numbers) {
    return reinterpret_cast<const Doubles*>(numbers);
}

/// A register of complex numbers: one of each signal.
struct Complex {
    Doubles re;
    Doubles im;

    friend Complex operator+(const Complex& a, const Complex& b) { return {a.re + b.re, a.im + b.im}; }
    friend Complex operator-(const Complex& a, const Complex& b) { return {a.re - b.re, a.im - b.im}; }
    friend Complex operator*(const Complex& a, const ComplexNumber& b) {
        return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    }
};

Complex times_minus_i(const Complex& a) {
    return {a.im, -a.re};
}

/// The inputs of butterflies, `step` elements apart, out of what the pass before wrote.
struct SignalSource {
    const Doubles* re;
    const Doubles* im;
    std::size_t step;

    SignalSource at(std::size_t n) const { return {re + n, im + n, step}; }
    Complex operator[](std::size_t j) const { return {re[j * step], im[j * step]}; }
};

/// The same out of frames, for the first pass.
struct FrameSource {
    FftFrames frames;
    std::size_t step;

    FrameSource at(std::size_t n) const {
        return {{frames.samples, frames.places + 2 * n, frames.window + 2 * n}, step};
    }
    Complex operator[](std::size_t j) const {
        const std::size_t* places = frames.places + 2 * j * step;
        const double* weights = frames.window + 2 * j * step;
        return {weights[0] * doubles_of(frames.samples + places[0]),
                weights[1] * doubles_of(frames.samples + places[1])};
    }
};

/// Where their outputs go.
struct Target {
    Doubles* re;
    Doubles* im;
    std::size_t step;

    void put(std::size_t k, const Complex& value) const {
        re[k * step] = value.re;
        im[k * step] = value.im;
    }
};

struct Four {
    Complex y[4];
    const Complex& operator[](std::size_t k) const { return y[k]; }
};

/// From the inputs in order.
Four transform_of_four(const Complex& x0, const Complex& x1, const Complex& x2, const Complex& x3) {
    const Complex even_sum = x0 + x2;
    const Complex even_difference = x0 - x2;
    const Complex odd_sum = x1 + x3;
    const Complex odd_difference = times_minus_i(x1 - x3);
    return {{even_sum + odd_sum, even_difference + odd_difference, even_sum - odd_sum,
             even_difference - odd_difference}};
}

// The butterflies: output k is twiddles[k] sum_j x[j] exp(-2 pi i j k / radix), where twiddles[0] is 1. They
// are inlined by force: a call for each would cost more than its sums.

struct ButterflyOfFour {
    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const ComplexNumber* twiddles,
                                           const Target& to) const {
        const Four y = transform_of_four(x[0], x[1], x[2], x[3]);
        to.put(0, y[0]);
        to.put(1, y[1] * twiddles[1]);
        to.put(2, y[2] * twiddles[2]);
        to.put(3, y[3] * twiddles[3]);
    }
};

/// Two of four, the odd one rotated by eighths of a circle.
struct ButterflyOfEight {
    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const ComplexNumber* twiddles,
                                           const Target& to) const {
        constexpr double kRootHalf = 0.70710678118654752440;
        const Four even = transform_of_four(x[0], x[2], x[4], x[6]);
        const Four odd = transform_of_four(x[1], x[3], x[5], x[7]);
        const Complex rotated1 = {kRootHalf * (odd[1].re + odd[1].im), kRootHalf * (odd[1].im - odd[1].re)};
        const Complex rotated2 = times_minus_i(odd[2]);
        const Complex rotated3 = {kRootHalf * (odd[3].im - odd[3].re), -kRootHalf * (odd[3].re + odd[3].im)};
        to.put(0, even[0] + odd[0]);
        to.put(1, (even[1] + rotated1) * twiddles[1]);
        to.put(2, (even[2] + rotated2) * twiddles[2]);
        to.put(3, (even[3] + rotated3) * twiddles[3]);
        to.put(4, (even[0] - odd[0]) * twiddles[4]);
        to.put(5, (even[1] - rotated1) * twiddles[5]);
        to.put(6, (even[2] - rotated2) * twiddles[6]);
        to.put(7, (even[3] - rotated3) * twiddles[7]);
    }
};

/// Of any radix, by its definition.
struct ButterflyOfAny {
    std::size_t radix;
    const ComplexNumber* roots;  ///< [radix x radix]

    template <class Source>
    [[gnu::always_inline]] void operator()(const Source& x, const ComplexNumber* twiddles,
                                           const Target& to) const {
        for (std::size_t k = 0; k < radix; ++k) {
            Complex sum = x[0];
            for (std::size_t j = 1; j < radix; ++j) sum = sum + x[j] * roots[k * radix + j];
            to.put(k, sum * twiddles[k]);
        }
    }
};

template <class Source, class Butterfly>
void run_pass(const FftPass& pass, const Source& from, double* re_out, double* im_out,
              const Butterfly& butterfly) {
    Doubles* re = as_doubles(re_out);
    Doubles* im = as_doubles(im_out);
    for (std::size_t group = 0; group < pass.groups; ++group) {
        const ComplexNumber* twiddles = pass.twiddles + group * pass.radix;
        for (std::size_t i = 0; i < pass.stride; ++i) {
            const std::size_t out = group * pass.radix * pass.stride + i;
            butterfly(from.at(group * pass.stride + i), twiddles, Target{re + out, im + out, pass.stride});
        }
    }
}

template <class Source>
void run_pass(const FftPass& pass, const Source& from, double* re, double* im) {
    if (pass.radix == 8) {
        run_pass(pass, from, re, im, ButterflyOfEight{});
    } else if (pass.radix == 4) {
        run_pass(pass, from, re, im, ButterflyOfFour{});
    } else {
        run_pass(pass, from, re, im, ButterflyOfAny{pass.radix, pass.roots});
    }
}

}  // namespace

void fft_pass(const FftPass& pass, const double* from_re, const double* from_im, double* re, double* im) {
    run_pass(pass, SignalSource{as_doubles(from_re), as_doubles(from_im), pass.groups * pass.stride}, re, im);
}

void fft_first_pass(const FftPass& pass, const FftFrames& frames, double* re, double* im) {
    run_pass(pass, FrameSource{frames, pass.groups * pass.stride}, re, im);
}

// A transform z of even samples (real part) and odd samples (imaginary part) holds, at k and H - k, the
// transforms E of the even and O of the odd ones. With W = exp(-2 pi i k / 2H) the real signal has
// X[k] = E + W O and X[H - k] = conj(E - W O).
void real_power(const double* z_re, const double* z_im, std::size_t half, const ComplexNumber* roots,
                double* power_out) {
    const Doubles* re = as_doubles(z_re);
    const Doubles* im = as_doubles(z_im);
    Doubles* power = as_doubles(power_out);
    for (std::size_t k = 0; k <= half / 2; ++k) {
        const std::size_t mirror = k == 0 ? 0 : half - k;  // z[H] is z[0]
        const Complex even = {0.5 * (re[k] + re[mirror]), 0.5 * (im[k] - im[mirror])};
        const Complex odd = {0.5 * (im[k] + im[mirror]), 0.5 * (re[mirror] - re[k])};
        const Complex rotated = odd * roots[k];
        const Complex sum = even + rotated;
        const Complex difference = even - rotated;
        power[k] = sum.re * sum.re + sum.im * sum.im;
        power[half - k] = difference.re * difference.re + difference.im * difference.im;
    }
}

void mel_band(const double* power, const double* weights, std::size_t bins, float* out) {
    Doubles sum{};
    const Doubles* bin = as_doubles(power);
    for (std::size_t i = 0; i < bins; ++i) sum += weights[i] * bin[i];
    for (std::size_t lane = 0; lane < kFrameLanes; ++lane) out[lane] = static_cast<float>(sum[lane]);
}

}  // namespace melvit::kernels::MELVIT_LEVEL
