#include "melvit/nn/processor.h"

#include <dnnl.hpp>

namespace melvit::nn {
namespace {

/// Whether the steps of AVX512_BF16 outrun those of fp32, on a processor that has them: AMD's do twice as
/// many multiply-adds (Zen 4 and 5), Intel's half as many (Sapphire and Emerald Rapids, whose bf16 is meant
/// for AMX; Cooper Lake is not measured); other makers' are taken to be like AMD's. By the maker's name and
/// not by a measurement at the start, because features depend on it to the bit and a busy machine disturbs
/// measurements.
///
/// source  build/benchmarks/vit_benchmark --benchmark_filter=bf16_steps
bool bf16_steps_pay() {
#if defined(__x86_64__)
    return !__builtin_cpu_is("intel");
#else
    return true;
#endif
}

}  // namespace

const Processor& this_processor() {
    static const Processor processor = [] {
        const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
        // Each level's bits hold those of the levels below it.
        const auto has = [isa](dnnl::cpu_isa level) {
            const auto bits = static_cast<unsigned>(level);
            return (isa & bits) == bits;
        };
        return Processor{
            .avx512 = has(dnnl::cpu_isa::avx512_core),
            .bf16_products = has(dnnl::cpu_isa::avx512_core_amx) ||
                             (has(dnnl::cpu_isa::avx512_core_bf16) && bf16_steps_pay()),
            .int8_products = has(dnnl::cpu_isa::avx512_core_vnni) || has(dnnl::cpu_isa::avx2_vnni),
            // oneDNN has asked the operating system for it by now.
            .matrix_unit = has(dnnl::cpu_isa::avx512_core_amx)};
    }();
    return processor;
}

}  // namespace melvit::nn
