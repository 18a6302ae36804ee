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

/// kLanes frames of a real signal, seen as complex signals of half their length: element n of signal l is
/// window[2n] samples[places[2n] + l] + i window[2n + 1] samples[places[2n + 1] + l].
struct LaneFrames {
    const float* samples;       ///< those at the same place of all frames side by side
    const std::size_t* places;  ///< [2 length], where those of the first frame stand
    const double* window;       ///< [2 length]
};

/// exp(-2 pi i n / length) for n = 0 ... length - 1
std::vector<std::complex<double>> roots_of_unity(std::size_t length);

/// The discrete Fourier transform of kLanes signals at once. Every step does the same to all lanes, so it is
/// made of vector instructions whatever the length. FFmpeg's transform of one signal at a time is slower at
/// 1024, and a thousand times slower at 200, which has 25 as a factor. Doubles, because a float's rounding
/// noise of a loud tone reaches 0.002 dB in cells 80 dB below it.
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

    /// X[k] = sum_n x[n] exp(-2 pi i k n / length), of the frames as complex signals x. The first pass reads
    /// the samples where they lie: to lay the frames out first takes as long as a pass.
    ///
    /// returns  [length x kLanes], valid until the next call
    const LaneSignals& transform(const LaneFrames& frames);

private:
    /// One pass: `radix` interleaved sub-sequences become one.
    struct Pass {
        std::size_t radix;
        std::size_t groups;                          ///< butterflies with a twiddle of their own
        std::size_t stride;                          ///< elements that share it
        std::vector<std::complex<double>> twiddles;  ///< [groups x radix], that of output k of a group
        std::vector<std::complex<double>> roots;     ///< [radix x radix], exp(-2 pi i j k / radix)

        /// From one input of a butterfly to the next, elements.
        std::size_t step() const { return groups * stride; }
    };

    template <class Source>
    static void run(const Pass& pass, const Source& from, LaneSignals& to);
    template <class Source, class Butterfly>
    static void run(const Pass& pass, const Source& from, LaneSignals& to, const Butterfly& butterfly);

    std::vector<Pass> passes_;
    LaneSignals from_;  ///< [length x kLanes], what a pass reads
    LaneSignals to_;    ///< and what it writes
};

}  // namespace melvit
