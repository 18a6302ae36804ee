#pragma once

#include "melvit/nn/grouped_product.h"

#include <cstddef>

namespace melvit::nn {

/// Whether the build knows the instructions of a matrix unit, Intel's AMX. Whether the processor has one,
/// this_processor() says.
#if defined(__AVX512F__) && defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AMX_INT8__)
#define MELVIT_BUILT_FOR_MATRIX_UNIT
inline constexpr bool kBuiltForMatrixUnit = true;
#else
inline constexpr bool kBuiltForMatrixUnit = false;
#endif

/// Products by the matrix unit, whose registers hold squares of 16 x 16 groups or sums: Bf16Pairs or
/// CodeQuads, from the same panels as multiply_tile. Two registers of rows by two of columns at a time, so
/// that each that is loaded is used twice. A row's result does not depend on the rows beside it; sums of bf16
/// are taken in an order of the unit's own. It belongs to one thread, which has no other use for the unit
/// while it lives.
///
/// source  Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, chapter 18
template <class Arithmetic_>
class MatrixUnitProduct {
public:
    using Arithmetic = Arithmetic_;
    static constexpr std::size_t kRows = 32;

    MatrixUnitProduct() = default;
    ~MatrixUnitProduct();
    MatrixUnitProduct(const MatrixUnitProduct&) = delete;
    MatrixUnitProduct& operator=(const MatrixUnitProduct&) = delete;

    /// tile = left x panel.
    ///
    /// left     [rows x groups], 1 ... kRows rows
    /// groups   whole rows of a register, of kMatrixUnitRowBytes each
    /// columns  1 ... kTileColumns: those that are wanted; others up to the end of a register are written too
    /// tile     [rows x columns], rows `stride` apart
    void operator()(const GroupRows& left, const Group* panel, std::size_t groups, std::size_t columns,
                    typename Arithmetic::Sum* tile, std::size_t stride);

    /// Products of registers alone, over and over: what the unit can do at most.
    ///
    /// returns  multiply-adds done
    double multiply_registers_only(std::size_t steps);

private:
    void shape_for(std::size_t rows);

    std::size_t rows_ = 0;  // what the registers are shaped for
};

}  // namespace melvit::nn
