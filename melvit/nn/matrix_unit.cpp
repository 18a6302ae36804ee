#include "melvit/nn/matrix_unit.h"

#include "melvit/nn/operand.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <type_traits>

namespace melvit::nn {

#if defined(MELVIT_BUILT_FOR_MATRIX_UNIT)
namespace {

/// Rows of a register, and groups or sums in one.
constexpr std::size_t kSide = kMatrixUnitRowBytes / sizeof(Group);
static_assert(kTileColumns % kSide == 0);

// The registers: sums of the upper rows 0, 1, of the lower rows 2, 3; left factors of the upper rows 4, of
// the lower ones 5; right factors 6, 7. They are named by number in the instructions.
constexpr std::array<std::size_t, 3> kUpper{0, 1, 4};
constexpr std::array<std::size_t, 3> kLower{2, 3, 5};
constexpr std::array<std::size_t, 2> kRight{6, 7};

/// The memory of LDTILECFG, whose palette 1 has eight registers; the other shapes stay 0.
struct alignas(64) Shapes {
    static constexpr std::size_t kShapes = 16;

    std::uint8_t palette = 1;
    std::uint8_t start_row = 0;
    std::array<std::uint8_t, 14> reserved{};
    std::array<std::uint16_t, kShapes> row_bytes{};
    std::array<std::uint8_t, kShapes> rows{};

    template <std::size_t kCount>
    void set(const std::array<std::size_t, kCount>& registers, std::size_t count) {
        for (const std::size_t number : registers) {
            rows[number] = static_cast<std::uint8_t>(count);
            row_bytes[number] = count == 0 ? 0 : static_cast<std::uint16_t>(kMatrixUnitRowBytes);
        }
    }
};
static_assert(sizeof(Shapes) == 64);

/// g++ does not know that the instructions for tiles read memory; what was stored before this is there.
void finish_stores() {
    asm volatile("" ::: "memory");
}

// The intrinsics are macros that want numbers of registers as they are written.
#define MELVIT_ADD_PRODUCTS(sums, left, right)                 \
    do {                                                       \
        if constexpr (std::is_same_v<Arithmetic, CodeQuads>) { \
            _tile_dpbusd(sums, left, right);                   \
        } else {                                               \
            _tile_dpbf16ps(sums, left, right);                 \
        }                                                      \
    } while (false)

/// A product of one or two registers of rows and one or two of columns.
template <class Arithmetic, bool kTwoRows, bool kTwoColumns>
void multiply_squares(const GroupRows& left, const Group* panel, std::size_t groups,
                      typename Arithmetic::Sum* tile, std::size_t stride) {
    constexpr std::size_t kPanelBytes = kTileColumns * sizeof(Group);
    const auto* upper = static_cast<const std::byte*>(left.first);
    const std::byte* lower = upper + kSide * left.row_bytes;
    _tile_zero(0);
    if constexpr (kTwoColumns) _tile_zero(1);
    if constexpr (kTwoRows) _tile_zero(2);
    if constexpr (kTwoRows && kTwoColumns) _tile_zero(3);
    for (std::size_t k = 0; k < groups; k += kSide) {
        const Group* here = panel + k * kTileColumns;
        _tile_loadd(6, here, kPanelBytes);
        _tile_loadd(4, upper + k * sizeof(Group), left.row_bytes);
        MELVIT_ADD_PRODUCTS(0, 4, 6);
        if constexpr (kTwoColumns) {
            _tile_loadd(7, here + kSide, kPanelBytes);
            MELVIT_ADD_PRODUCTS(1, 4, 7);
        }
        if constexpr (kTwoRows) {
            _tile_loadd(5, lower + k * sizeof(Group), left.row_bytes);
            MELVIT_ADD_PRODUCTS(2, 5, 6);
        }
        if constexpr (kTwoRows && kTwoColumns) MELVIT_ADD_PRODUCTS(3, 5, 7);
    }
    const std::size_t stride_bytes = stride * sizeof *tile;
    _tile_stored(0, tile, stride_bytes);
    if constexpr (kTwoColumns) _tile_stored(1, tile + kSide, stride_bytes);
    if constexpr (kTwoRows) _tile_stored(2, tile + kSide * stride, stride_bytes);
    if constexpr (kTwoRows && kTwoColumns) _tile_stored(3, tile + kSide * stride + kSide, stride_bytes);
}

}  // namespace

template <class Arithmetic>
MatrixUnitProduct<Arithmetic>::~MatrixUnitProduct() {
    if (rows_ > 0) _tile_release();
}

template <class Arithmetic>
void MatrixUnitProduct<Arithmetic>::shape_for(std::size_t rows) {
    if (rows == rows_) return;
    Shapes shapes;
    shapes.set(kUpper, std::min(rows, kSide));
    shapes.set(kLower, rows - std::min(rows, kSide));
    shapes.set(kRight, kSide);
    finish_stores();
    _tile_loadconfig(&shapes);
    rows_ = rows;
}

template <class Arithmetic>
void MatrixUnitProduct<Arithmetic>::operator()(const GroupRows& left, const Group* panel, std::size_t groups,
                                               std::size_t columns, typename Arithmetic::Sum* tile,
                                               std::size_t stride) {
    assert(left.rows >= 1 && left.rows <= kRows && columns >= 1 && columns <= kTileColumns);
    assert(groups % kSide == 0);
    // [two registers of rows][two of columns]
    static constexpr auto kKernels = std::to_array(
        {std::array{multiply_squares<Arithmetic, false, false>, multiply_squares<Arithmetic, false, true>},
         std::array{multiply_squares<Arithmetic, true, false>, multiply_squares<Arithmetic, true, true>}});
    shape_for(left.rows);
    finish_stores();
    for (std::size_t c = 0; c < columns; c += 2 * kSide) {
        const bool two_columns = columns - c > kSide;
        kKernels[left.rows > kSide][two_columns](left, panel + c, groups, tile + c, stride);
    }
}

template <class Arithmetic>
double MatrixUnitProduct<Arithmetic>::multiply_registers_only(std::size_t steps) {
    shape_for(kRows);
    _tile_zero(4);
    _tile_zero(5);
    _tile_zero(6);
    _tile_zero(7);
    for (std::size_t step = 0; step < steps; ++step) {
        MELVIT_ADD_PRODUCTS(0, 4, 6);
        MELVIT_ADD_PRODUCTS(1, 4, 7);
        MELVIT_ADD_PRODUCTS(2, 5, 6);
        MELVIT_ADD_PRODUCTS(3, 5, 7);
    }
    return static_cast<double>(steps * 4 * kSide * kSide * kSide * kGroupSize<Arithmetic>);
}

template class MatrixUnitProduct<Bf16Pairs>;
template class MatrixUnitProduct<CodeQuads>;
#endif

}  // namespace melvit::nn
