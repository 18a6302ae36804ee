#pragma once

#include "melvit/kernels/kernels.h"

namespace melvit::kernels {

// The sources of this folder are compiled once for each level, each time with MELVIT_LEVEL as their namespace.
// They may call nothing that another level could define as well: no function of the standard library that is
// not inlined for certain, no inline function of a header outside this folder (tests/kernels/symbols_test.py).
namespace baseline {
extern const Kernels kTable;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels kTable;
}
namespace avx2_vnni {
extern const Kernels kTable;
}
namespace avx512 {
extern const Kernels kTable;
}
namespace avx512_vnni {
extern const Kernels kTable;
}
namespace avx512_bf16 {
extern const Kernels kTable;
}
namespace amx {
extern const Kernels kTable;
}
#endif

}  // namespace melvit::kernels
