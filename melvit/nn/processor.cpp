#include "melvit/nn/processor.h"

#include "melvit/nn/peak.h"

#include <dnnl.hpp>

namespace melvit::nn {

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
