#include "melvit/kernels/level/attention.h"

#include "melvit/kernels/level/amx_tiles.h"
#include "melvit/kernels/level/bf16.h"
#include "melvit/kernels/level/micro_kernel.h"
#include "melvit/kernels/level/product.h"
#include "melvit/kernels/level/softmax.h"

// T = tokens, Q = queries, d = width of a head

namespace melvit::kernels::MELVIT_LEVEL {
namespace {

/// Keys whose scores exist at a time: with the queries of a block some 24 KB, in the first cache. The tokens of
/// an image of 224 x 224 are one block.
constexpr std::size_t kKeyBlock = 256;

/// Tiles of queries that are multiplied with a panel of keys or values while it is in the first cache.
template <class Tiles>
inline constexpr std::size_t kQueryTiles = Tiles::kRows == kTileRows ? 4 : 1;

template <class Tiles>
std::size_t words_of(std::size_t numbers) {
    constexpr std::size_t kTogether = kWordNumbers<typename Tiles::Format>;
    constexpr std::size_t kStep = kTogether == 1 ? 1 : kWordStep;
    return divided_up(divided_up(numbers, kTogether), kStep) * kStep;
}

/// Pieces of a head's scratch memory, one after the other.
class Scratch {
public:
    explicit Scratch(std::byte* memory) : begin_(memory), next_(memory) {}

    template <class T>
    T* take(std::size_t count) {
        auto* piece = reinterpret_cast<T*>(next_);
        next_ += divided_up(count * sizeof(T), 64) * 64;
        return piece;
    }
    std::size_t taken() const { return static_cast<std::size_t>(next_ - begin_); }

private:
    std::byte* begin_;
    std::byte* next_;
};

/// Keys and values of a head as panels, and room for a block of queries.
template <class Tiles>
struct Memory {
    static constexpr std::size_t kQueries = kQueryTiles<Tiles> * Tiles::kRows;
    static constexpr bool kIsF32 = sizeof(typename Tiles::Format::Number) == sizeof(float);

    Memory(Scratch& scratch, std::size_t tokens, std::size_t d)
        : key_words(words_of<Tiles>(d)),
          value_words(words_of<Tiles>(tokens)),
          value_columns(divided_up(d, kPanelColumns) * kPanelColumns),
          keys(scratch.take<Word>(divided_up(tokens, kPanelColumns) * kPanelColumns * key_words)),
          values(scratch.take<Word>(value_columns * value_words)),
          queries(kIsF32 ? nullptr : scratch.take<Word>(kQueries * key_words)),
          scores(scratch.take<float>(kQueries * kKeyBlock)),
          weights(kIsF32 ? nullptr : scratch.take<Word>(kQueries * kKeyBlock / 2)),
          rows(kIsF32 ? nullptr : scratch.take<Word>(tokens * key_words)),
          sums(scratch.take<float>(kQueries * value_columns)) {}

    std::size_t key_words;      ///< of a key
    std::size_t value_words;    ///< of a column of values
    std::size_t value_columns;  ///< d, to whole panels
    Word* keys;                 ///< panels of [key_words x kPanelColumns tokens]
    Word* values;               ///< panels of [value_words x kPanelColumns]
    Word* queries;              ///< [kQueries x key_words], of bf16
    float* scores;              ///< [kQueries x kKeyBlock]
    Word* weights;              ///< the same as bf16
    Word* rows;                 ///< [T x key_words], of bf16: keys before they are packed
    float* sums;                ///< [kQueries x value_columns]
};

/// Rows of d floats as bf16, zeros to the end of the last word.
[[maybe_unused]] void rows_to_bf16(const float* from, std::size_t stride, std::size_t count, std::size_t d,
                                   std::size_t words, Word* to) {
    for (std::size_t row = 0; row < count; ++row) {
        auto* numbers = reinterpret_cast<std::uint16_t*>(to + row * words);
        to_bf16(from + row * stride, d, numbers);
        for (std::size_t i = d; i < 2 * words; ++i) numbers[i] = 0;
    }
}

/// A key is a column of B.
template <class Tiles>
void pack_keys(const AttentionHead& head, const Memory<Tiles>& memory) {
    const void* keys = head.key;
    std::size_t row_bytes = head.key_stride * sizeof(float);
    if constexpr (!Memory<Tiles>::kIsF32) {
        rows_to_bf16(head.key, head.key_stride, head.tokens, head.width, memory.key_words, memory.rows);
        keys = memory.rows;
        row_bytes = memory.key_words * sizeof(Word);
    }
    pack_panels(keys, row_bytes, memory.key_words, head.tokens, memory.keys);
}

/// A value is a row of B: in bf16 two tokens' numbers lie side by side.
template <class Tiles>
void pack_values(const AttentionHead& head, const Memory<Tiles>& memory) {
    constexpr std::size_t kTogether = kWordNumbers<typename Tiles::Format>;
    for (std::size_t i = 0; i < head.width; i += kPanelColumns) {
        Word* to = memory.values + i * memory.value_words;
        const std::size_t columns = lesser(kPanelColumns, head.width - i);
        for (std::size_t word = 0; word < memory.value_words; ++word, to += kPanelColumns) {
            const std::size_t token = word * kTogether;
            std::size_t filled = 0;
            if (token < head.tokens) {
                const float* first = head.value + token * head.key_stride + i;
                filled = columns;
                if constexpr (kTogether == 1) {
                    std::memcpy(to, first, columns * sizeof(Word));
                } else {
                    const bool has_second = token + 1 < head.tokens;
                    for (std::size_t c = 0; c < columns; ++c) {
                        const Word low = bf16_of(first[c]);
                        const Word high = has_second ? bf16_of(first[head.key_stride + c]) : 0;
                        to[c] = low | high << 16U;
                    }
                }
            }
            for (std::size_t c = filled; c < kPanelColumns; ++c) to[c] = 0;
        }
    }
}

/// Some queries' softmax so far, for each.
template <class Tiles>
struct Running {
    float top[Memory<Tiles>::kQueries];  ///< the highest score
    float sum[Memory<Tiles>::kQueries];  ///< of the exponentials under it
};

/// scores = queries x keys [begin, end), tile by tile.
template <class Tiles>
void score(Tiles& tiles, const RowsOfA& queries, const Memory<Tiles>& memory, std::size_t begin,
           std::size_t end) {
    for (std::size_t t = begin; t < end; t += kPanelColumns) {
        for (std::size_t q = 0; q < queries.rows; q += Tiles::kRows) {
            const auto* rows = static_cast<const char*>(queries.first) + q * queries.row_bytes;
            tiles({rows, queries.row_bytes, lesser(Tiles::kRows, queries.rows - q)},
                  memory.keys + t * memory.key_words, memory.key_words, lesser(kPanelColumns, end - t), false,
                  memory.scores + q * kKeyBlock + (t - begin), kKeyBlock);
        }
    }
}

/// Scores to weights; what was summed under a lower top is scaled down.
///
/// source  Milakov, Gimelshein 2018, "Online normalizer calculation for softmax", algorithm 3
template <class Tiles>
void weigh(std::size_t queries, std::size_t count, bool is_first, float scale, const Memory<Tiles>& memory,
           Running<Tiles>& running) {
    for (std::size_t q = 0; q < queries; ++q) {
        float* row = memory.scores + q * kKeyBlock;
        const float highest = highest_score(row, count);
        if (is_first) {
            running.top[q] = highest;
            running.sum[q] = exponentiate(row, count, scale, highest);
            continue;
        }
        const float top = running.top[q] > highest ? running.top[q] : highest;
        const float shrink = exp_of_negative(all((running.top[q] - top) * scale))[0];
        running.top[q] = top;
        running.sum[q] = running.sum[q] * shrink + exponentiate(row, count, scale, top);
        float* sums = memory.sums + q * memory.value_columns;
        for (std::size_t i = 0; i < memory.value_columns; i += kLanes)
            store(load(sums + i) * shrink, sums + i);
    }
}

/// sums (+)= weights x values [begin, begin + count)
template <class Tiles>
void add_values(Tiles& tiles, std::size_t queries, std::size_t begin, std::size_t count, bool is_first,
                const Memory<Tiles>& memory) {
    const std::size_t words = words_of<Tiles>(count);
    RowsOfA weights{memory.scores, kKeyBlock * sizeof(float), queries};
    if constexpr (!Memory<Tiles>::kIsF32) {
        constexpr std::size_t kRowWords = kKeyBlock / 2;
        for (std::size_t q = 0; q < queries; ++q)
            rows_to_bf16(memory.scores + q * kKeyBlock, 0, 1, count, words, memory.weights + q * kRowWords);
        weights = {memory.weights, kRowWords * sizeof(Word), queries};
    }
    const std::size_t first_word = begin / kWordNumbers<typename Tiles::Format>;
    for (std::size_t i = 0; i < memory.value_columns; i += kPanelColumns) {
        const Word* panel = memory.values + i * memory.value_words + first_word * kPanelColumns;
        for (std::size_t q = 0; q < queries; q += Tiles::kRows) {
            const auto* rows = static_cast<const char*>(weights.first) + q * weights.row_bytes;
            tiles({rows, weights.row_bytes, lesser(Tiles::kRows, queries - q)}, panel, words, kPanelColumns,
                  !is_first, memory.sums + q * memory.value_columns + i, memory.value_columns);
        }
    }
}

/// The loops:
///
///     for blocks of queries
///         for blocks of keys: scores = Q K^T; weights = exp(scores - top); sums = sums x shrink + weights V
///         out = sums / sum of the weights
///
/// source  Vaswani et al. 2017, "Attention Is All You Need", equation 1; Dao et al. 2022, "FlashAttention",
///         algorithm 1, for the blocks of keys
template <class Tiles>
void attend(const AttentionHead& head) {
    constexpr std::size_t kQueries = Memory<Tiles>::kQueries;
    Scratch scratch(head.scratch);
    const Memory<Tiles> memory(scratch, head.tokens, head.width);
    pack_keys<Tiles>(head, memory);
    pack_values<Tiles>(head, memory);
    const float scale = 1.0F / __builtin_sqrtf(static_cast<float>(head.width));
    Tiles tiles;
    for (std::size_t first = 0; first < head.queries; first += kQueries) {
        const std::size_t count = lesser(kQueries, head.queries - first);
        const float* query = head.query + first * head.query_stride;
        RowsOfA queries{query, head.query_stride * sizeof(float), count};
        if constexpr (!Memory<Tiles>::kIsF32) {
            rows_to_bf16(query, head.query_stride, count, head.width, memory.key_words, memory.queries);
            queries = {memory.queries, memory.key_words * sizeof(Word), count};
        }
        Running<Tiles> running{};
        for (std::size_t t = 0; t < head.tokens; t += kKeyBlock) {
            const std::size_t end = lesser(t + kKeyBlock, head.tokens);
            score<Tiles>(tiles, queries, memory, t, end);
            weigh<Tiles>(count, end - t, t == 0, scale, memory, running);
            add_values<Tiles>(tiles, count, t, end - t, t == 0, memory);
        }
        for (std::size_t q = 0; q < count; ++q) {
            const float inverse = 1.0F / running.sum[q];
            const float* sums = memory.sums + q * memory.value_columns;
            float* out = head.out + (first + q) * head.out_stride;
            for (std::size_t i = 0; i < head.width; ++i) out[i] = sums[i] * inverse;
        }
    }
}

template <class Tiles>
std::size_t scratch_bytes(std::size_t tokens, std::size_t width) {
    alignas(64) std::byte nowhere[64];
    Scratch scratch(nowhere);
    const Memory<Tiles> memory(scratch, tokens, width);
    return scratch.taken();
}

#if defined(__AMX_TILE__)
using Bf16Tiles = AmxTiles<Bf16>;
#elif defined(__AVX512BF16__)
using Bf16Tiles = RegisterTiles<Bf16>;
#endif
using F32Tiles = RegisterTiles<F32>;

}  // namespace

void attend_f32(const AttentionHead& head) {
    attend<F32Tiles>(head);
}
std::size_t attention_scratch_f32(std::size_t tokens, std::size_t width) {
    return scratch_bytes<F32Tiles>(tokens, width);
}
static_assert(kQueriesF32 == Memory<F32Tiles>::kQueries);

#if defined(__AVX512BF16__)
void attend_bf16(const AttentionHead& head) {
    attend<Bf16Tiles>(head);
}
std::size_t attention_scratch_bf16(std::size_t tokens, std::size_t width) {
    return scratch_bytes<Bf16Tiles>(tokens, width);
}
static_assert(kQueriesBf16 == Memory<Bf16Tiles>::kQueries);
#endif

}  // namespace melvit::kernels::MELVIT_LEVEL
