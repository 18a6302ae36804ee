#pragma once

#include "melvit/kernels/level/micro_kernel.h"

#include <type_traits>

#if defined(__AMX_TILE__)

namespace melvit::kernels::MELVIT_LEVEL {

/// Rows of an AMX tile, and words or sums in one.
inline constexpr std::size_t kAmxSide = 16;
inline constexpr std::size_t kAmxRowBytes = kAmxSide * sizeof(Word);
static_assert(kPanelColumns % kAmxSide == 0);

/// The memory of LDTILECFG, whose palette 1 has eight tiles; the other shapes stay 0.
struct alignas(64) AmxShapes {
    std::uint8_t palette = 1;
    std::uint8_t start_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};

    void set(std::size_t tile, std::size_t count) {
        rows[tile] = static_cast<std::uint8_t>(count);
        row_bytes[tile] = count == 0 ? 0 : static_cast<std::uint16_t>(kAmxRowBytes);
    }
};
static_assert(sizeof(AmxShapes) == 64);

/// g++ does not know that the instructions for tiles read memory; what was stored before this is there.
inline void finish_stores() {
    asm volatile("" ::: "memory");
}

// The intrinsics are macros that want numbers of tiles as they are written. The tiles: sums of the upper rows 0,
// 1, of the lower rows 2, 3; A's upper rows 4, lower ones 5; B 6, 7.
#define MELVIT_AMX_STEP(sums, a, b)                 \
    do {                                            \
        if constexpr (std::is_same_v<Format, U8>) { \
            _tile_dpbusd(sums, a, b);               \
        } else {                                    \
            _tile_dpbf16ps(sums, a, b);             \
        }                                           \
    } while (false)

/// A product of one or two tiles of rows and one or two of columns.
template <class Format, bool kTwoRows, bool kTwoColumns>
void amx_micro_kernel(const RowsOfA& a, const Word* b, std::size_t words, bool accumulate, void* c,
                      std::size_t c_stride) {
    constexpr std::size_t kPanelBytes = kPanelColumns * sizeof(Word);
    const auto* upper = static_cast<const char*>(a.first);
    const char* lower = upper + kAmxSide * a.row_bytes;
    auto* tile = static_cast<Word*>(c);
    const std::size_t stride_bytes = c_stride * sizeof(Word);
    if (accumulate) {
        _tile_loadd(0, tile, stride_bytes);
        if constexpr (kTwoColumns) _tile_loadd(1, tile + kAmxSide, stride_bytes);
        if constexpr (kTwoRows) _tile_loadd(2, tile + kAmxSide * c_stride, stride_bytes);
        if constexpr (kTwoRows && kTwoColumns)
            _tile_loadd(3, tile + kAmxSide * c_stride + kAmxSide, stride_bytes);
    } else {
        _tile_zero(0);
        if constexpr (kTwoColumns) _tile_zero(1);
        if constexpr (kTwoRows) _tile_zero(2);
        if constexpr (kTwoRows && kTwoColumns) _tile_zero(3);
    }
    for (std::size_t k = 0; k < words; k += kAmxSide) {
        const Word* here = b + k * kPanelColumns;
        _tile_loadd(6, here, kPanelBytes);
        _tile_loadd(4, upper + k * sizeof(Word), a.row_bytes);
        MELVIT_AMX_STEP(0, 4, 6);
        if constexpr (kTwoColumns) {
            _tile_loadd(7, here + kAmxSide, kPanelBytes);
            MELVIT_AMX_STEP(1, 4, 7);
        }
        if constexpr (kTwoRows) {
            _tile_loadd(5, lower + k * sizeof(Word), a.row_bytes);
            MELVIT_AMX_STEP(2, 5, 6);
        }
        if constexpr (kTwoRows && kTwoColumns) MELVIT_AMX_STEP(3, 5, 7);
    }
    _tile_stored(0, tile, stride_bytes);
    if constexpr (kTwoColumns) _tile_stored(1, tile + kAmxSide, stride_bytes);
    if constexpr (kTwoRows) _tile_stored(2, tile + kAmxSide * c_stride, stride_bytes);
    if constexpr (kTwoRows && kTwoColumns)
        _tile_stored(3, tile + kAmxSide * c_stride + kAmxSide, stride_bytes);
}

/// Tiles of AMX: two of rows by two of columns at a time, so that each that is loaded is used twice. Words of K
/// come in multiples of kAmxSide. Sums of bf16 are taken in an order of the unit's own. One object belongs to
/// one thread, which has no other use for the unit while it lives.
///
/// source  Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18
template <class Format_>
class AmxTiles {
public:
    using Format = Format_;
    static constexpr std::size_t kRows = 2 * kAmxSide;
    static constexpr std::size_t kWordBlock = std::size_t{1} << 30;

    AmxTiles() = default;
    ~AmxTiles() {
        if (rows_ > 0) _tile_release();
    }
    AmxTiles(const AmxTiles&) = delete;
    AmxTiles& operator=(const AmxTiles&) = delete;

    /// As RegisterTiles.
    void operator()(const RowsOfA& a, const Word* b, std::size_t words, std::size_t columns, bool accumulate,
                    void* tile, std::size_t stride) {
        static constexpr MicroKernel kKernels[2][2] = {
            {amx_micro_kernel<Format, false, false>, amx_micro_kernel<Format, false, true>},
            {amx_micro_kernel<Format, true, false>, amx_micro_kernel<Format, true, true>}};
        shape_for(a.rows);
        finish_stores();
        for (std::size_t column = 0; column < columns; column += 2 * kAmxSide) {
            const bool two_columns = columns - column > kAmxSide;
            kKernels[a.rows > kAmxSide][two_columns](a, b + column, words, accumulate,
                                                     static_cast<Word*>(tile) + column, stride);
        }
    }

    /// Products of tiles alone, over and over: what the unit can do at most.
    ///
    /// returns  multiply-adds done
    double multiply_tiles_only(std::size_t steps) {
        shape_for(kRows);
        _tile_zero(4);
        _tile_zero(5);
        _tile_zero(6);
        _tile_zero(7);
        for (std::size_t step = 0; step < steps; ++step) {
            MELVIT_AMX_STEP(0, 4, 6);
            MELVIT_AMX_STEP(1, 4, 7);
            MELVIT_AMX_STEP(2, 5, 6);
            MELVIT_AMX_STEP(3, 5, 7);
        }
        return static_cast<double>(steps * 4 * kAmxSide * kAmxSide * kAmxSide * kWordNumbers<Format>);
    }

private:
    void shape_for(std::size_t rows) {
        if (rows == rows_) return;
        const std::size_t upper = lesser(rows, kAmxSide);
        AmxShapes shapes;
        constexpr std::size_t kUpper[] = {0, 1, 4};
        constexpr std::size_t kLower[] = {2, 3, 5};
        constexpr std::size_t kRight[] = {6, 7};
        for (const std::size_t tile : kUpper) shapes.set(tile, upper);
        for (const std::size_t tile : kLower) shapes.set(tile, rows - upper);
        for (const std::size_t tile : kRight) shapes.set(tile, kAmxSide);
        finish_stores();
        _tile_loadconfig(&shapes);
        rows_ = rows;
    }

    std::size_t rows_ = 0;  // what the tiles are shaped for
};

#undef MELVIT_AMX_STEP

}  // namespace melvit::kernels::MELVIT_LEVEL

#endif
