#pragma once

#include "melvit/nn/panel_product.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melvit::nn {

/// A pair of codes, of two neighbours in the inner direction. In 16 bits each, the sum of two products fits
/// 32 bits without loss on every processor; the step that multiplies 8-bit codes on AVX2 does not (it
/// saturates at 16).
struct CodePair {
    std::int16_t first = 0;
    std::int16_t second = 0;
};

using CodePairs = std::vector<CodePair, CacheLineAllocator<CodePair>>;

/// Pairs that hold `codes` codes, the last one filled up with 0.
constexpr std::size_t pairs_of(std::size_t codes) {
    return (codes + 1) / 2;
}

/// product = left x panel: exact.
///
/// left     [pairs x kStripRows]: pair k of row r at [k * kStripRows + r]
/// rows     1 ... kStripRows
/// panel    [pairs x kPanelColumns]
/// product  [rows x kPanelColumns]
void multiply_codes(const CodePair* left, std::size_t rows, const CodePair* panel, std::size_t pairs,
                    std::int32_t* product);

}  // namespace melvit::nn
