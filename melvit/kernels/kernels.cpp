#include "melvit/kernels/kernels.h"

#include "melvit/kernels/level/table.h"

namespace melvit::kernels {

const Kernels& kernels_of(IsaLevel level) {
    switch (level) {
#if defined(__x86_64__)
        case IsaLevel::avx2:
            return avx2::kTable;
        case IsaLevel::avx2_vnni:
            return avx2_vnni::kTable;
        case IsaLevel::avx512:
            return avx512::kTable;
        case IsaLevel::avx512_vnni:
            return avx512_vnni::kTable;
        case IsaLevel::avx512_bf16:
            return avx512_bf16::kTable;
        case IsaLevel::amx:
            return amx::kTable;
#endif
        default:
            return baseline::kTable;
    }
}

const Kernels& kernels() {
    static const Kernels& table = kernels_of(isa_level());
    return table;
}

}  // namespace melvit::kernels
