#pragma once

#include "melvit/core/matrix.h"
#include "melvit/core/rounding.h"
#include "melvit/nn/vector.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace melvit::nn {

/// 32 bits of a factor: as many neighbours in the inner direction as fit. One lane of a register multiplies
/// two groups and adds the products to one sum of 32 bits.
using Group = std::uint32_t;
using Groups = std::vector<Group, CacheLineAllocator<Group>>;

/// What a group holds and how groups are multiplied.
struct Floats {
    using Number = float;
    using Sum = float;
};
/// Two numbers as bf16, their products added in fp32. Needs AVX512_BF16.
struct Bf16Pairs {
    using Number = std::uint16_t;
    using Sum = float;
};
/// Two codes of 16 bits, for any processor: the sum of two products of 8-bit codes fits 32 bits without loss;
/// the step of AVX2 that multiplies four codes of 8 bits saturates at 16.
struct CodePairs {
    using Number = std::int16_t;
    using Sum = std::int32_t;
};
/// Four codes of 8 bits, without sign on the left and with one on the right. Needs AVX512_VNNI.
struct CodeQuads {
    using Number = std::uint8_t;
    using Sum = std::int32_t;
};

/// Numbers in a group.
template <class Arithmetic>
inline constexpr std::size_t kGroupSize = sizeof(Group) / sizeof(typename Arithmetic::Number);

/// A tile of sums that stays in registers over a product: of 32 registers 24 hold sums, of 16 twelve. With a
/// height of 6, 197 tokens leave next to nothing of the last tile empty, and as few registers point to the
/// rows of the left factor, which lie as they are.
inline constexpr std::size_t kTileRows = 6;
#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr std::size_t kTileVectors = 4;
#else
inline constexpr std::size_t kTileVectors = 2;
#endif
inline constexpr std::size_t kTileColumns = kTileVectors * kLanes;

/// Some rows of a left factor, each of whole groups.
struct GroupRows {
    const void* first = nullptr;
    std::size_t row_bytes = 0;  ///< from a row to the next
    std::size_t rows = 0;       ///< 1 or more
};

/// tile = left x panel, each sum taken in the order of the groups: a row's result does not depend on the rows
/// beside it.
///
/// left     [rows x groups], 1 ... kTileRows rows
/// panel    [groups x kTileColumns], of pack_panels
/// columns  1 ... kTileColumns: those that are wanted; others up to the end of a register are written too
/// tile     [rows x columns], rows `stride` apart
template <class Arithmetic>
void multiply_tile(const GroupRows& left, const Group* panel, std::size_t groups, std::size_t columns,
                   typename Arithmetic::Sum* tile, std::size_t stride);

/// multiply_tile as a type, beside MatrixUnitProduct.
template <class Arithmetic_>
struct RegisterProduct {
    using Arithmetic = Arithmetic_;
    static constexpr std::size_t kRows = kTileRows;

    void operator()(const GroupRows& left, const Group* panel, std::size_t groups, std::size_t columns,
                    typename Arithmetic::Sum* tile, std::size_t stride) const {
        multiply_tile<Arithmetic>(left, panel, groups, columns, tile, stride);
    }
};

/// Groups of the panels that a right factor fills.
constexpr std::size_t size_of_panels(std::size_t groups, std::size_t columns) {
    return divided_up(columns, kTileColumns) * groups * kTileColumns;
}

/// Cuts a right factor, given column by column, into panels [groups x kTileColumns], each row after row, the
/// last one filled up with zeros: products walk through it in the order of memory.
///
/// first         column 0: `groups` groups
/// column_bytes  from a column to the next
/// panels        [size_of_panels(groups, columns)]
void pack_panels(const void* first, std::size_t column_bytes, std::size_t groups, std::size_t columns,
                 Group* panels);

}  // namespace melvit::nn
