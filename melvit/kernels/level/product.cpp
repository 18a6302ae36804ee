#include "melvit/kernels/level/product.h"

#include "melvit/kernels/level/amx_tiles.h"
#include "melvit/kernels/level/micro_kernel.h"

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

/// Rows of A that are multiplied with all panels before the next come: some 200 KB to 1 MB of A, which stay in
/// the second cache. 197 tokens, an image of 224 x 224, are one block.
constexpr std::size_t kRowBlock = 256;

template <class Format>
inline constexpr bool kIsQuantised = std::is_same_v<typename Format::Sum, Integers>;

/// What the epilogue reads of a register of columns, the same for all rows.
template <class Format>
struct Columns {
    Floats bias;
    Floats scale{};
    Integers sums{};

    Columns(const Epilogue& epilogue, std::size_t column) : bias(load(epilogue.bias + column)) {
        if constexpr (kIsQuantised<Format>) {
            scale = load(epilogue.column_scale + column);
            sums = load_integers(epilogue.column_sums + column);
        }
    }

    /// The sums of one row as numbers.
    Floats numbers_of(const Word* row_sums, const QuantParams* row_params, std::size_t row) const {
        if constexpr (kIsQuantised<Format>) {
            const QuantParams params = row_params[row];
            const Integers sum = load_integers(row_sums) - params.zero_point * sums;
            return __builtin_convertvector(sum, Floats) * (params.scale * scale) + bias;
        } else {
            return reinterpret_cast<Floats>(load_integers(row_sums)) + bias;
        }
    }
};

/// One tile of sums through the epilogue into C.
///
/// sums  [rows x kPanelColumns]
template <class Format>
void finish_tile(const Word* sums, const Product& product, std::size_t first_row, std::size_t rows,
                 std::size_t first_column) {
    const Epilogue epilogue = product.epilogue;  // a copy, which writing to C cannot change
    const std::size_t stride = product.c_stride;
    const std::size_t corner = first_row * stride + first_column;
    const std::size_t columns = lesser(kPanelColumns, product.columns - first_column);
    for (std::size_t c = 0; c < columns; c += kLanes) {
        const Columns<Format> here(epilogue, first_column + c);
        const std::size_t count = columns - c;
        float* to = product.c + corner + c;
        float* gelu_input = epilogue.gelu_input == nullptr ? nullptr : epilogue.gelu_input + corner + c;
        for (std::size_t r = 0; r < rows; ++r) {
            Floats y = here.numbers_of(sums + r * kPanelColumns + c, epilogue.row_params, first_row + r);
            if (count >= kLanes) {
                if (gelu_input != nullptr) store(y, gelu_input + r * stride);
                if (epilogue.gelu) y = gelu(y);
                if (epilogue.accumulate) y += load(to + r * stride);
                store(y, to + r * stride);
            } else {
                if (gelu_input != nullptr) store_some(y, gelu_input + r * stride, count);
                if (epilogue.gelu) y = gelu(y);
                if (epilogue.accumulate) y += load_some(to + r * stride, count);
                store_some(y, to + r * stride, count);
            }
        }
    }
}

/// Has a tile of C brought into the cache while its product is made.
void prefetch_tile(const Product& product, std::size_t first_row, std::size_t rows,
                   std::size_t first_column) {
    const std::size_t columns = lesser(kPanelColumns, product.columns - first_column);
    for (std::size_t r = 0; r < rows; ++r) {
        const float* row = product.c + (first_row + r) * product.c_stride + first_column;
        for (std::size_t c = 0; c < columns; c += kLineFloats) __builtin_prefetch(row + c, 1);
    }
}

/// A block of rows times a panel: `sums` has room for [block x kPanelColumns].
template <class Tiles>
void multiply_panel(Tiles& tiles, const Product& product, std::size_t begin, std::size_t end,
                    std::size_t panel, Word* sums) {
    using Format = typename Tiles::Format;
    const std::size_t column = panel * kPanelColumns;
    const std::size_t columns = lesser(kPanelColumns, product.columns - column);
    const Word* b = product.b + panel * product.words * kPanelColumns;
    const auto* a = static_cast<const char*>(product.a);
    for (std::size_t k = 0; k < product.words; k += Tiles::kWordBlock) {
        const std::size_t words = lesser(Tiles::kWordBlock, product.words - k);
        const bool is_last = k + words == product.words;
        for (std::size_t row = begin; row < end; row += Tiles::kRows) {
            const std::size_t rows = lesser(Tiles::kRows, end - row);
            Word* tile = Tiles::kWordBlock < product.words ? sums + (row - begin) * kPanelColumns : sums;
            if (is_last) prefetch_tile(product, row, rows, column);
            tiles({a + row * product.a_row_bytes + k * sizeof(Word), product.a_row_bytes, rows},
                  b + k * kPanelColumns, words, columns, k > 0, tile, kPanelColumns);
            if (is_last) finish_tile<Format>(tile, product, row, rows, column);
        }
    }
}

/// The loops around the micro-kernel, as in BLIS but for A, whose rows lie as they are:
///
///     for blocks of rows of A                      which stay in the second cache
///         for panels of B (NR columns)
///             for blocks of K                      a piece of the panel, which stays in the first cache
///                 for tiles of MR rows: micro-kernel; after the last block of K: epilogue
///
/// source  Van Zee, van de Geijn 2015, "BLIS: A Framework for Rapidly Instantiating BLAS Functionality"
template <class Tiles>
void multiply(const Product& product) {
    const std::size_t blocks = divided_up(product.rows, kRowBlock);
    const std::size_t tiles_of_rows = divided_up(product.rows, Tiles::kRows);
    Tiles tiles;
    alignas(64) Word sums[(kRowBlock + Tiles::kRows) * kPanelColumns];
    for (std::size_t block = 0; block < blocks; ++block) {
        const std::size_t begin = block * tiles_of_rows / blocks * Tiles::kRows;
        const std::size_t end = lesser((block + 1) * tiles_of_rows / blocks * Tiles::kRows, product.rows);
        for (std::size_t panel = product.first_panel; panel < product.end_panel; ++panel)
            multiply_panel(tiles, product, begin, end, panel, sums);
    }
}

// Peaks.

/// Keeps a value where it is, so that the compiler cannot see what it was.
template <class T>
void hide(T& value) {
#if defined(__x86_64__)
    asm volatile("" : "+x"(value));
#else
    asm volatile("" : "+w"(value));
#endif
}

/// Multiply-adds of many rounds of steps on registers alone. The sums are factors too, so that no step's product
/// is that of another.
template <class Format>
double register_steps(std::size_t steps) {
    constexpr std::size_t kSums = 12;  // more than are under way at a time, fewer than there are registers
    typename Format::Sum sums[kSums] = {};
    Word x = 0;
    for (auto& sum : sums) hide(sum);
    asm volatile("" : "+r"(x));
    for (std::size_t i = 0; i < steps; ++i) {
#pragma GCC unroll 16
        for (std::size_t s = 0; s < kSums; ++s)
            sums[s] = Format::step(sums[s], x, reinterpret_cast<Integers>(sums[s]));
    }
    for (auto& sum : sums) hide(sum);
    return static_cast<double>(steps * kSums * kLanes * kWordNumbers<Format>);
}

}  // namespace

void multiply_f32(const Product& product) {
    multiply<RegisterTiles<F32>>(product);
}

void multiply_s16(const Product& product) {
    multiply<RegisterTiles<S16>>(product);
}

double f32_steps(std::size_t steps) {
    return register_steps<F32>(steps);
}

double s16_steps(std::size_t steps) {
    return register_steps<S16>(steps);
}

#if defined(__AMX_TILE__)
void multiply_bf16(const Product& product) {
    multiply<AmxTiles<Bf16>>(product);
}

void multiply_u8(const Product& product) {
    multiply<AmxTiles<U8>>(product);
}

double bf16_steps(std::size_t steps) {
    return AmxTiles<Bf16>().multiply_tiles_only(steps * 3 / 32);
}

double u8_steps(std::size_t steps) {
    return AmxTiles<U8>().multiply_tiles_only(steps * 3 / 32);
}
#else
#if defined(__AVX512BF16__)
void multiply_bf16(const Product& product) {
    multiply<RegisterTiles<Bf16>>(product);
}

double bf16_steps(std::size_t steps) {
    return register_steps<Bf16>(steps);
}
#endif
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
void multiply_u8(const Product& product) {
    multiply<RegisterTiles<U8>>(product);
}

double u8_steps(std::size_t steps) {
    return register_steps<U8>(steps);
}
#endif
#endif

void pack_panels(const void* first, std::size_t column_bytes, std::size_t words, std::size_t columns,
                 Word* panels) {
    const auto* from = static_cast<const char*>(first);
    const std::size_t end = divided_up(columns, kPanelColumns) * kPanelColumns;
    for (std::size_t begin = 0; begin < end; begin += kLanes) {
        const std::size_t here = begin < columns ? lesser(kLanes, columns - begin) : 0;
        Word* to = panels + begin / kPanelColumns * words * kPanelColumns + begin % kPanelColumns;
        for (std::size_t k = 0; k < words; k += kLanes) {
            const std::size_t count = lesser(kLanes, words - k);
            Square square{};
            for (std::size_t c = 0; c < here; ++c) {
                const char* piece = from + (begin + c) * column_bytes + k * sizeof(Word);
                // A copy of a length that is known only then is a call.
                if (count == kLanes) {
                    std::memcpy(&square.rows[c], piece, sizeof square.rows[c]);
                } else {
                    std::memcpy(&square.rows[c], piece, count * sizeof(Word));
                }
            }
            transpose(square);
            for (std::size_t i = 0; i < count; ++i)
                std::memcpy(to + (k + i) * kPanelColumns, &square.rows[i], sizeof square.rows[i]);
        }
    }
}

}  // namespace melvit::kernels::MELVIT_LEVEL
