#include "melvit/nn/code_product.h"
#include "melvit/nn/coded_weights.h"
#include "melvit/nn/engine.h"
#include "melvit/nn/tile.h"

#include <algorithm>
#include <cassert>

namespace melvit::nn {
namespace {

/// The codes of some rows as strips of pairs; what lies beyond them is 0.
void pack_codes(const OperandRows& x, const Range& rows, CodePair* strips) {
    const std::size_t pairs = pairs_of(x.columns);
    for (std::size_t first = rows.begin; first < rows.end;
         first += kStripRows, strips += pairs * kStripRows) {
        for (std::size_t r = 0; r < kStripRows; ++r) {
            if (first + r >= rows.end) {
                for (std::size_t k = 0; k < pairs; ++k) strips[k * kStripRows + r] = {};
                continue;
            }
            const std::span<const std::uint8_t> codes = x.codes(first + r);
            for (std::size_t k = 0; k < codes.size() / 2; ++k) {
                strips[k * kStripRows + r] = {codes[2 * k], codes[2 * k + 1]};
            }
            if (codes.size() % 2 == 1) strips[(pairs - 1) * kStripRows + r] = {codes.back(), 0};
        }
    }
}

/// Products of 8-bit codes by strips and panels of 16-bit pairs, for processors that multiply no 8-bit ones
/// exactly.
// I = inputs, O = outputs
class CodeEngine final : public LinearEngine {
public:
    CodeEngine(const LinearWeights& weights, After after)
        : after_(after),
          inputs_(weights.weight.columns()),
          outputs_(weights.weight.rows()),
          weights_(encode_weights(weights.weight, kPanelColumns)),
          bias_(outputs_ + kPanelColumns, 0.0F) {
        const std::size_t pairs = pairs_of(inputs_);
        const std::size_t panels = panels_of(outputs_);
        panels_.resize(panels * pairs * kPanelColumns);
        for (std::size_t o = 0; o < outputs_; ++o) {
            CodePair* panel = panels_.data() + o / kPanelColumns * pairs * kPanelColumns + o % kPanelColumns;
            const std::int8_t* codes = weights_.codes.data() + o * inputs_;
            for (std::size_t k = 0; k < pairs; ++k) {
                const bool whole = 2 * k + 1 < inputs_;
                panel[k * kPanelColumns] = {codes[2 * k], whole ? codes[2 * k + 1] : std::int8_t{0}};
            }
        }
        weights_.codes = {};
        std::ranges::copy(weights.bias.values(), bias_.data());
    }

    void run(const OperandRows& x, const Rows& y) const override {
        assert(x.columns == inputs_ && y.columns == outputs_);
        const std::size_t pairs = pairs_of(inputs_);
        const std::size_t padded_rows = y.rows + kStripRows - 1;
        Loan strips(padded_rows * pairs * sizeof(CodePair));
        pack_codes(x, {0, y.rows}, strips.as<CodePair>());
        alignas(64) std::int32_t sums[kStripRows * kPanelColumns];
        const OutputCodes outputs{weights_.scale.data(), weights_.code_sums.data(), bias_.data()};
        for (std::size_t column = 0; column < outputs_; column += kPanelColumns) {
            const CodePair* panel = panels_.data() + column * pairs;
            for (std::size_t row = 0; row < y.rows; row += kStripRows) {
                const Tile tile{.row = row,
                                .column = column,
                                .rows = std::min(kStripRows, y.rows - row),
                                .columns = std::min(kPanelColumns, outputs_ - column),
                                .stride = kPanelColumns};
                multiply_codes(strips.as<CodePair>() + row * pairs, tile.rows, panel, pairs, sums);
                finish(sums, outputs, x, after_, y, tile);
            }
        }
    }

private:
    After after_;
    std::size_t inputs_;
    std::size_t outputs_;
    CodedWeights weights_;
    CodePairs panels_;  // panels [O / kPanelColumns] of [pairs x kPanelColumns]
    AlignedFloats bias_;
};

}  // namespace

std::unique_ptr<const LinearEngine> make_code_engine(const LinearWeights& weights, After after) {
    return std::make_unique<CodeEngine>(weights, after);
}

}  // namespace melvit::nn
