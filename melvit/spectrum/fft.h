#pragma once

#include "melvit/core/matrix.h"
#include "melvit/spectrum/lanes.h"

#include <complex>
#include <cstddef>
#include <vector>

namespace melvit {

/// kLanes complex signals, interleaved: element n of signal l stands at [n * kLanes + l].
struct LaneSignals {
    explicit LaneSignals(std::size_t length) : re(length * kLanes), im(length * kLanes) {}

    AlignedDoubles re;  ///< [length x kLanes]
    AlignedDoubles im;  ///< [length x kLanes]
};

/// The discrete Fourier transform of kLanes signals at once. Every step does the same to all lanes, so it is made
/// of vector instructions whatever the length. FFmpeg's transform of one signal at a time is slower
/// at 1024, and a thousand times slower at 200, which has 25 as a factor. Doubles, because a float's rounding noise
/// of a loud tone reaches 0.002 dB in cells 80 dB below it.
///
/// source  Stockham's self-sorting FFT in mixed radix (Van Loan 1992, "Computational Frameworks for the FFT",
///         section 1.7)
class LaneFft {
public:
    /// Prime factors above this would make the transform slow; they are refused.
    static constexpr std::size_t kLargestFactor = 31;

    /// The largest prime factor of a length, for checks beforehand.
    static std::size_t largest_factor(std::size_t length);

    /// length  1 or more, without prime factors above kLargestFactor
    explicit LaneFft(std::size_t length);

    /// signals  [length x kLanes], replaced by their spectra: X[k] = sum_n x[n] exp(-2 pi i k n / length)
    void transform(LaneSignals& signals);

private:
    /// One pass: `radix` interleaved sub-sequences become one.
    struct Pass {
        std::size_t radix;
        std::size_t groups;  ///< butterflies with a twiddle of their own
        std::size_t stride;  ///< elements that share it
        std::vector<std::complex<double>>
            factors;  ///< [groups x radix x radix]: root(j k) times twiddle(group k)
    };

    static void run(const Pass& pass, const LaneSignals& from, LaneSignals& to);

    std::vector<Pass> passes_;
    LaneSignals scratch_;
};

}  // namespace melvit
