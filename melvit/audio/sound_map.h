#pragma once

#include "melvit/core/export.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace melvit {

/// Below this level a block is silent: the absolute gate of loudness measurement, -70 dB, here of the RMS
/// around the block's mean (an offset is no sound), re full scale and without the gate's weighting of
/// frequencies. Dithered silence of 16 bits lies at -96 dB.
///
/// source  ITU-R BS.1770-4, annex 1; EBU R 128
inline constexpr double kSilenceDb = -70;

/// Channels whose mean has this much less power than if they had nothing in common cancel each other: of two
/// equally loud ones, those with a correlation below -0.9. Of channels that cancel, Vorbis leaves -12 dB, Opus
/// -17 dB, AAC up to -17 dB (noise of 40 s at 64 to 128 kbit/s).
inline constexpr double kCancellationDb = -10;

/// What a tenth of a second of a track holds.
enum class BlockSound : std::uint8_t { silence, sound, cancelled };

/// Where a track has sound, block by block from its start.
class MELVIT_API SoundMap {
public:
    static constexpr double kBlockSeconds = 0.1;

    void add(BlockSound block) { blocks_.push_back(block); }

    /// Seconds of blocks of a kind within a stretch; a block belongs to where its middle is.
    double seconds_of(BlockSound kind, double start_seconds, double end_seconds) const;

    /// Whether a stretch has sound: 0.2 s of it, so that what rings on past a cut is none, or half of a
    /// shorter stretch.
    bool has_sound(double start_seconds, double end_seconds) const;

    /// From the start of the first block with sound to the end of the last; both 0 when there is none.
    struct Stretch {
        double start_seconds = 0;
        double end_seconds = 0;
        double length_seconds() const { return end_seconds - start_seconds; }
    };
    Stretch extent() const;

    bool has(BlockSound kind) const;

    /// True of what was not measured, a picture.
    bool empty() const { return blocks_.empty(); }

private:
    std::vector<BlockSound> blocks_;
};

/// Measures the blocks of a stream as it is decoded.
class LevelMeter {
public:
    /// The next samples of all channels, each scaled by 1 / channels, and their sum. The number of channels
    /// and the rate may change from call to call.
    void add(std::span<const std::vector<float>> channels, const std::vector<float>& mono, int rate_hz);

    /// The stream is over: what is left is a block.
    void end();

    const SoundMap& map() const { return map_; }

private:
    /// Sums of a block's samples, less its first one: float is exact enough for these.
    struct Sums {
        float first = 0;
        double sum = 0;
        double squares = 0;
        void add(std::span<const float> samples, bool is_start);
        double variance(std::size_t count) const;
    };

    SoundMap map_;
    std::vector<Sums> channels_;
    Sums mono_;
    std::size_t count_ = 0;  ///< samples of the block so far
    std::size_t blocks_at_rate_ = 0;
    int rate_hz_ = 0;
};

}  // namespace melvit
