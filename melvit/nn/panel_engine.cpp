#include "melvit/nn/coded_weights.h"
#include "melvit/nn/engine.h"
#include "melvit/nn/grouped_product.h"
#include "melvit/nn/matrix_unit.h"
#include "melvit/nn/processor.h"
#include "melvit/nn/tile.h"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace melvit::nn {
namespace {

template <class Arithmetic>
constexpr bool kOfCodes = std::is_same_v<typename Arithmetic::Sum, std::int32_t>;

/// Our own products: panels of weights, one after the other, times the rows of the input as they lie.
// I = inputs, O = outputs
template <class Product>
class PanelEngine final : public LinearEngine {
    using Arithmetic = typename Product::Arithmetic;

public:
    PanelEngine(const LinearWeights& weights, After after, Precision precision)
        : after_(after),
          inputs_(weights.weight.columns()),
          outputs_(weights.weight.rows()),
          groups_(row_bytes_of(inputs_, numbers_of(precision)) / sizeof(Group)),
          panels_(size_of_panels(groups_, outputs_)),
          bias_(outputs_ + kTileColumns, 0.0F) {
        std::ranges::copy(weights.bias.values(), bias_.data());
        if constexpr (kOfCodes<Arithmetic>) coded_ = encode_weights(weights.weight, kTileColumns);
        const std::size_t row = groups_ * kGroupSize<Arithmetic>;
        std::vector<typename Arithmetic::Number> numbers(outputs_ * row);
        for (std::size_t o = 0; o < outputs_; ++o)
            to_numbers(weights.weight, o, precision, &numbers[o * row]);
        pack_panels(numbers.data(), groups_ * sizeof(Group), groups_, outputs_, panels_.data());
        coded_.codes = {};
    }

    std::size_t blocks() const override { return divided_up(outputs_, kTileColumns); }

    void run(const OperandRows& x, const Rows& y, const Range& blocks) const override {
        assert(x.columns == inputs_ && y.columns == outputs_ && x.rows >= y.rows);
        assert(x.row_bytes == groups_ * sizeof(Group));
        Product multiply;
        alignas(64) typename Arithmetic::Sum sums[Product::kRows * kTileColumns];
        const std::size_t end = std::min(blocks.end * kTileColumns, outputs_);
        for (std::size_t column = blocks.begin * kTileColumns; column < end; column += kTileColumns) {
            const Group* panel = panels_.data() + column * groups_;
            for (std::size_t row = 0; row < y.rows; row += Product::kRows) {
                const Tile tile{.row = row,
                                .column = column,
                                .rows = std::min(Product::kRows, y.rows - row),
                                .columns = std::min(kTileColumns, outputs_ - column),
                                .stride = kTileColumns};
                fetch_ahead(y, tile);
                multiply({x.row(row), x.row_bytes, tile.rows}, panel, groups_, tile.columns, sums,
                         kTileColumns);
                if constexpr (kOfCodes<Arithmetic>) {
                    const OutputCodes outputs{coded_.scale.data(), coded_.code_sums.data()};
                    finish(sums, bias_.data(), outputs, x, after_, y, tile);
                } else {
                    finish(sums, bias_.data(), after_, y, tile);
                }
            }
        }
    }

private:
    /// Has a tile of the result brought into the cache while its product is made.
    static void fetch_ahead(const Rows& y, const Tile& tile) {
        constexpr auto kLine = static_cast<std::size_t>(CacheLineAllocator<float>::kAlignment);
        constexpr std::size_t kFloats = kLine / sizeof(float);
        for (std::size_t r = 0; r < tile.rows; ++r) {
            const float* row = y.row(tile.row + r).data() + tile.column;
            for (std::size_t c = 0; c < tile.columns; c += kFloats) __builtin_prefetch(row + c, 1);
        }
    }

    /// The weights of one output as the arithmetic has them.
    void to_numbers(ConstMatrixView weight, std::size_t output, Precision precision,
                    typename Arithmetic::Number* to) const {
        const std::span<const float> row = weight.row(output);
        if constexpr (kOfCodes<Arithmetic>) {
            std::copy_n(coded_.codes.data() + output * inputs_, inputs_, to);
        } else if constexpr (std::is_same_v<Arithmetic, Bf16Pairs>) {
            std::ranges::transform(row, to, to_bf16);
        } else if (precision == Precision::bf16) {
            std::ranges::transform(row, to, rounded_to_bf16);
        } else {
            std::ranges::copy(row, to);
        }
    }

    After after_;
    std::size_t inputs_;
    std::size_t outputs_;
    std::size_t groups_;  // of an output's weights
    Groups panels_;       // panels [O / kTileColumns] of [groups x kTileColumns]
    AlignedFloats bias_;
    CodedWeights coded_;  // of int8: what the codes stand for
};

/// Products of numbers that a matrix unit multiplies as well.
template <class Arithmetic>
std::unique_ptr<const LinearEngine> make_narrow_engine(const LinearWeights& weights, After after,
                                                       Precision precision) {
    if constexpr (kBuiltForMatrixUnit) {
        if (this_processor().matrix_unit)
            return std::make_unique<PanelEngine<MatrixUnitProduct<Arithmetic>>>(weights, after, precision);
    }
    return std::make_unique<PanelEngine<RegisterProduct<Arithmetic>>>(weights, after, precision);
}

}  // namespace

std::unique_ptr<const LinearEngine> make_panel_engine(const LinearWeights& weights, After after,
                                                      Precision precision) {
    switch (numbers_of(precision)) {
        case Numbers::floats:
            return std::make_unique<PanelEngine<RegisterProduct<Floats>>>(weights, after, precision);
#if defined(__AVX512BF16__)
        case Numbers::bf16:
            return make_narrow_engine<Bf16Pairs>(weights, after, precision);
#endif
#if defined(__AVX512VNNI__)
        case Numbers::codes8:
            return make_narrow_engine<CodeQuads>(weights, after, precision);
#endif
        case Numbers::codes16:
            return std::make_unique<PanelEngine<RegisterProduct<CodePairs>>>(weights, after, precision);
        default:
            return nullptr;
    }
}

}  // namespace melvit::nn
