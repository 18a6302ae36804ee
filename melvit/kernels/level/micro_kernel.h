#pragma once

#include "melvit/kernels/level/formats.h"

namespace melvit::kernels::MELVIT_LEVEL {

/// Some rows of A that lie as they are.
struct RowsOfA {
    const void* first = nullptr;
    std::size_t row_bytes = 0;  ///< from a row to the next
    std::size_t rows = 0;       ///< 1 or more
};

/// Prefetches what comes 3 KB later in a panel, which is longer than the first cache: Intel's own prefetcher
/// leaves some of the second one's latency. Panels of narrower registers fit the first cache.
inline void prefetch_panel(const Word* b) {
    constexpr std::uintptr_t kAheadBytes = 3072;
    // As a number, because it may lie beyond the last panel.
    if constexpr (kLanes == 16) {
        const std::uintptr_t ahead = reinterpret_cast<std::uintptr_t>(b) + kAheadBytes;
        __builtin_prefetch(reinterpret_cast<const void*>(ahead));  // NOLINT(performance-no-int-to-ptr)
    }
}

/// The micro-kernel: C [Rows x Vectors registers] (+)= A B, all sums in registers over the whole loop, each taken
/// in the order of k: a row's result does not depend on the rows beside it.
///
///     for k: for v: b[v] = B[k][v]
///            for r: x = A[r][k]; for v: sums[r][v] += x * b[v]
template <class Format, std::size_t Rows, std::size_t Vectors>
void micro_kernel(const RowsOfA& a, const Word* __restrict b, std::size_t words, bool accumulate, void* c,
                  std::size_t c_stride) {
    using Sum = typename Format::Sum;
    auto* tile = static_cast<char*>(c);
    const std::size_t row_stride = c_stride * sizeof(float);
    Sum sums[Rows][Vectors] = {};
    if (accumulate) {
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
            for (std::size_t v = 0; v < Vectors; ++v)
                std::memcpy(&sums[r][v], tile + r * row_stride + v * sizeof(Sum), sizeof(Sum));
        }
    }
    const char* rows[Rows];
    for (std::size_t r = 0; r < Rows; ++r) rows[r] = static_cast<const char*>(a.first) + r * a.row_bytes;
    for (std::size_t k = 0; k < words; ++k) {
        Integers columns[Vectors];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v) {
            const Word* here = b + k * kPanelColumns + v * kLanes;
            columns[v] = load_integers(here);
            prefetch_panel(here);
        }
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) {
            Word x;
            std::memcpy(&x, rows[r] + k * sizeof x, sizeof x);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < Vectors; ++v) sums[r][v] = Format::step(sums[r][v], x, columns[v]);
        }
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v)
            std::memcpy(tile + r * row_stride + v * sizeof(Sum), &sums[r][v], sizeof(Sum));
    }
}

using MicroKernel = void (*)(const RowsOfA&, const Word*, std::size_t, bool, void*, std::size_t);

/// Element [r][v] multiplies r + 1 rows and v + 1 registers of columns.
template <class Format>
struct MicroKernels {
    MicroKernel of[kTileRows][kPanelVectors];
};

template <class Format, std::size_t... I>
constexpr MicroKernels<Format> all_micro_kernels(std::index_sequence<I...>) {
    MicroKernels<Format> kernels{};
    ((kernels.of[I / kPanelVectors][I % kPanelVectors] =
          micro_kernel<Format, I / kPanelVectors + 1, I % kPanelVectors + 1>),
     ...);
    return kernels;
}

/// Tiles in vector registers, as a type beside AmxTiles.
template <class Format_>
struct RegisterTiles {
    using Format = Format_;
    static constexpr std::size_t kRows = kTileRows;
    /// Words of K at a time: a piece of a panel then stays in the first cache (16 KB of 32) while all rows
    /// are multiplied with it, and the sums wait in memory. Panels of wider registers stream from the second.
    static constexpr std::size_t kWordBlock = kLanes == 16 ? std::size_t{1} << 30 : 256;

    /// tile = A B or tile += A B.
    ///
    /// a        1 ... kRows rows of whole words
    /// b        [words x kPanelColumns], of pack_panels
    /// columns  1 ... kPanelColumns: those that are wanted; others up to the end of a register are written too
    /// tile     [rows x columns] sums, rows `stride` apart
    void operator()(const RowsOfA& a, const Word* b, std::size_t words, std::size_t columns, bool accumulate,
                    void* tile, std::size_t stride) const {
        static constexpr MicroKernels<Format> kKernels =
            all_micro_kernels<Format>(std::make_index_sequence<kTileRows * kPanelVectors>{});
        kKernels.of[a.rows - 1][divided_up(columns, kLanes) - 1](a, b, words, accumulate, tile, stride);
    }
};

}  // namespace melvit::kernels::MELVIT_LEVEL
