#pragma once

#include "melvit/core/matrix.h"
#include "melvit/kernels/kernels.h"

#include <cstddef>
#include <vector>

namespace melvit {

using AlignedDoubles = std::vector<double, CacheLineAllocator<double>>;

/// How many frames are transformed side by side on this processor.
inline std::size_t frame_lanes() {
    return kernels::kernels().frame_lanes;
}

/// frame_lanes() complex signals, interleaved: element n of signal l stands at [n * frame_lanes() + l].
struct LaneSignals {
    explicit LaneSignals(std::size_t length) : re(length * frame_lanes()), im(length * frame_lanes()) {}

    AlignedDoubles re;  ///< [length x frame_lanes()]
    AlignedDoubles im;  ///< [length x frame_lanes()]
};

/// exp(-2 pi i n / length) for n = 0 ... length - 1
std::vector<kernels::ComplexNumber> roots_of_unity(std::size_t length);

/// The discrete Fourier transform of frame_lanes() signals at once. Every step does the same to all lanes, so it is
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
    /// returns  [length x frame_lanes()], valid until the next call
    const LaneSignals& transform(const kernels::FftFrames& frames);

private:
    /// kernels::FftPass with its tables.
    struct Pass {
        std::size_t radix, groups, stride;
        std::vector<kernels::ComplexNumber> twiddles;
        std::vector<kernels::ComplexNumber> roots;

        kernels::FftPass kernel() const { return {radix, groups, stride, twiddles.data(), roots.data()}; }
    };

    std::vector<Pass> passes_;
    LaneSignals from_;  ///< [length x frame_lanes()], what a pass reads
    LaneSignals to_;    ///< and what it writes
};

}  // namespace melvit
