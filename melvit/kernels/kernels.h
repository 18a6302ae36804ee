#pragma once

#include "melvit/kernels/processor.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace melvit::kernels {

// The loops over numbers that have to be fast, compiled once for each IsaLevel from the same sources (level/)
// and called through a table of functions. Nothing here knows how wide a register is but by what the table says.

/// 32 bits of a factor, as many neighbours along K as fit: one float, a pair of bf16 or of 16-bit integers, a
/// quad of 8-bit ones. One lane of a register multiplies two words and adds to one 32-bit sum.
using Word = std::uint32_t;

/// What the two factors of a product hold.
enum class ElementFormat {
    f32,   ///< f32 x f32
    bf16,  ///< bf16 x bf16, sums in f32
    u8,    ///< u8 x s8, sums in s32: VNNI
    s16    ///< the same quantised values in 16 bits each, for processors without VNNI
};
inline constexpr std::size_t kElementFormats = 4;

/// How quantised values are to be read: x = scale (q - zero_point).
struct QuantParams {
    float scale = 1.0F;
    std::int32_t zero_point = 0;  ///< 0 ... 255
};

/// MR, rows of a micro-panel of A and of a tile of sums. With a height of 6, 197 tokens leave next to nothing of
/// the last tile empty, and as few registers point to rows of A that lie as they are.
inline constexpr std::size_t kTileRows = 6;

/// The largest NR, columns of a panel of B, of any level.
inline constexpr std::size_t kMostPanelColumns = 64;

/// What becomes of a product's sums s, column by column:
/// y = s + bias; with gelu, y = GELU(y); with accumulate, c += y, else c = y.
struct Epilogue {
    const float* bias = nullptr;  ///< [columns], padded to whole panels
    bool gelu = false;
    bool accumulate = false;
    float* gelu_input = nullptr;  ///< where to keep what GELU is taken of, in the layout of c; null: nowhere
    // Of quantised factors: s = row scale x column scale x (sum - row zero point x column sum).
    const float* column_scale = nullptr;        ///< [columns], padded as bias
    const std::int32_t* column_sums = nullptr;  ///< [columns], of B's quantised values, padded
    const QuantParams* row_params = nullptr;    ///< [rows]
};

/// C = epilogue(A B) for some of the columns.
struct Product {
    const void* a = nullptr;      ///< [rows x words]
    std::size_t a_row_bytes = 0;  ///< from a row to the next
    std::size_t rows = 0;
    const Word* b = nullptr;  ///< panels of pack_panels
    std::size_t words = 0;    ///< of K; a multiple of Kernels::word_step
    std::size_t columns = 0;  ///< of B, all
    std::size_t first_panel = 0;
    std::size_t end_panel = 0;
    float* c = nullptr;        ///< [rows x columns]
    std::size_t c_stride = 0;  ///< floats from a row to the next
    Epilogue epilogue{};
};

/// softmax(Q K^T / sqrt(d)) V of one head.
struct AttentionHead {
    const float* query = nullptr;  ///< [queries x d]
    std::size_t query_stride = 0;
    std::size_t queries = 0;
    const float* key = nullptr;    ///< [tokens x d]
    const float* value = nullptr;  ///< [tokens x d]
    std::size_t key_stride = 0;    ///< of keys and values
    std::size_t tokens = 0;
    std::size_t width = 0;  ///< d
    float* out = nullptr;   ///< [queries x d]
    std::size_t out_stride = 0;
    std::byte* scratch = nullptr;  ///< Kernels::attention_scratch bytes, aligned to 64
};

/// Memory that will be needed after a product. It is prefetched meanwhile: a product in the first cache leaves
/// the memory idle.
struct Prefetch {
    const float* from[3] = {};  ///< up to three places, the first ones; null: nothing
    std::size_t lines = 0;      ///< 64-byte lines from each place
};

/// One f32 tile of sums: c = A B, or c += A B, each sum taken in the order of k.
struct Tile {
    const float* a = nullptr;  ///< element (row, k) at a[k * a_stride + row]
    std::size_t a_stride = kTileRows;
    std::size_t rows = 0;      ///< 1 ... kTileRows
    const float* b = nullptr;  ///< [inner x panel_columns]
    std::size_t inner = 0;     ///< K
    float* c = nullptr;        ///< [rows x panel_columns]
    bool accumulate = false;
    bool relu = false;  ///< c = max(c, 0) at the end
    Prefetch prefetch{};
};

/// Numbers of one step of AdamW, for all weights.
struct AdamWStep {
    float keep_weight, keep_mean, add_mean, keep_square, add_square, step_size, root_scale, epsilon;
};

/// As std::complex<double>, whose operators a level's kernels may not call.
struct ComplexNumber {
    double re = 0;
    double im = 0;
};

/// frame_lanes frames of a real signal, seen as complex signals of half their length: element n of signal l is
/// window[2n] samples[places[2n] + l] + i window[2n + 1] samples[places[2n + 1] + l].
struct FftFrames {
    const float* samples;       ///< those at the same place of all frames side by side
    const std::size_t* places;  ///< [2 length], where those of the first frame stand
    const double* window;       ///< [2 length]
};

/// One pass of a mixed-radix FFT over frame_lanes signals: `radix` interleaved sub-sequences become one.
struct FftPass {
    std::size_t radix = 1;
    std::size_t groups = 1;           ///< butterflies with a twiddle of their own
    std::size_t stride = 1;           ///< elements that share it
    const ComplexNumber* twiddles{};  ///< [groups x radix], that of output k of a group
    const ComplexNumber* roots{};     ///< [radix x radix], exp(-2 pi i j k / radix)
};

/// The functions of one level.
struct Kernels {
    IsaLevel level;
    std::size_t panel_columns;  ///< NR
    std::size_t word_step;  ///< K is filled up with zeros to a multiple of so many words, but in f32 and s16

    // Products.

    /// [ElementFormat]; null where the level has no such steps.
    void (*multiply[kElementFormats])(const Product&);
    /// B [K x columns], given column by column, into panels [words x panel_columns], each row after row, the
    /// last one filled up with zeros.
    ///
    /// panels  [ceil(columns / panel_columns) x words x panel_columns]
    void (*pack_panels)(const void* first, std::size_t column_bytes, std::size_t words, std::size_t columns,
                        Word* panels);
    /// Steps of a format on registers alone, without any memory: what the processor can do at most.
    ///
    /// returns  the multiply-adds done, some 12 registers' worth a step
    double (*register_steps[kElementFormats])(std::size_t steps);

    // Attention; [0] with factors in f32, [1] in bf16 (null where the level has none).

    void (*attend[2])(const AttentionHead&);
    std::size_t (*attention_scratch[2])(std::size_t tokens, std::size_t width);
    std::size_t queries_at_a_time[2];

    // Rows.

    void (*layer_norm)(const float* x, std::size_t count, const float* weight, const float* bias,
                       float epsilon, float* y);
    QuantParams (*quantise_u8)(const float* x, std::size_t count, std::uint8_t* q);
    QuantParams (*quantise_s16)(const float* x, std::size_t count, std::int16_t* q);
    /// y[i] += weight x[i]
    void (*add_weighted_bytes)(const std::uint8_t* x, std::size_t count, float weight, float* y);
    void (*to_bf16)(const float* x, std::size_t count, std::uint16_t* y);
    void (*round_to_bf16)(const float* x, std::size_t count, float* y);
    /// Makes scores exp(scale (score - highest)): softmax, but for the division by their sum, which it returns.
    /// Scores that hold a NaN or a positive infinity become NaN, and so does their sum; a negative infinity
    /// beside others becomes 0.
    ///
    /// scores  [count], 1 or more, in memory that goes on to a multiple of 16: what is there may become 0
    float (*exponentiate)(float* scores, std::size_t count, float scale);
    void (*gelu)(const float* x, std::size_t count, float* y);

    // Spectra of frame_lanes signals at once, in doubles: element n of signal l stands at [n * frame_lanes + l].

    std::size_t frame_lanes;
    void (*fft_first_pass)(const FftPass& pass, const FftFrames& frames, double* re, double* im);
    void (*fft_pass)(const FftPass& pass, const double* from_re, const double* from_im, double* re,
                     double* im);
    /// The power of real signals out of the transforms z [half] of their even and odd samples.
    ///
    /// roots  [half], exp(-2 pi i k / (2 half))
    /// power  [1 + half]
    void (*real_power)(const double* re, const double* im, std::size_t half, const ComplexNumber* roots,
                       double* power);
    /// out[l] = the sum over `bins` of weights[bin] power[bin][l]
    void (*mel_band)(const double* power, const double* weights, std::size_t bins, float* out);

    // Training of a head.

    void (*multiply_tile)(const Tile&);
    /// to[c * panel_columns + r] = from[r * panel_columns + c] for all r, c < panel_columns.
    void (*transpose_block)(const float* from, float* to);
    /// A piece of a table as a piece of a micro-panel: to[c * kTileRows + r] = from[r * stride + c] for r < rows
    /// (at most kTileRows) and c < columns; the other rows of the micro-panel become 0.
    void (*to_micro_panel)(const float* from, std::size_t stride, std::size_t rows, std::size_t columns,
                           float* to);
    /// gradient[i] *= output[i] > 0 ? kept : 0
    void (*relu_gradient)(const float* output, float kept, std::size_t count, float* gradient);
    /// Sets units to 0 where their random bits are below `threshold`, and multiplies the others by `kept`.
    void (*drop_units)(std::uint32_t key, std::uint32_t first, std::uint32_t threshold, float kept,
                       std::size_t count, float* units);
    /// count  a multiple of panel_columns
    void (*adamw)(const AdamWStep& step, const float* gradient, std::size_t count, float* mean, float* square,
                  const float* weight, float* changed);
};

/// Those of a level; it has to run.
const Kernels& kernels_of(IsaLevel level);

/// Those of isa_level().
const Kernels& kernels();

}  // namespace melvit::kernels
