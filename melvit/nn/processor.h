#pragma once

namespace melvit::nn {

/// What the processor that runs the program can do, within what the environment variable ONEDNN_MAX_CPU_ISA
/// allows.
struct Processor {
    bool avx512 = false;         ///< registers of 16 floats
    bool bf16_products = false;  ///< AMX, or AVX512_BF16 where it is faster than fp32
    bool int8_products = false;  ///< VNNI: 8-bit factors, 32-bit sums in one step
    bool matrix_unit = false;    ///< AMX: products of whole squares of bf16 or of 8-bit factors
};

const Processor& this_processor();

}  // namespace melvit::nn
