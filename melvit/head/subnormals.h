#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace melvit {

/// While it lives, the calling thread takes numbers too small for float's full precision (below 1e-38) for 0.
/// A processor computes with them a hundred times slower, and the running means of a unit that gets no
/// gradient any more end there.
class FlushSubnormals {
public:
#if defined(__SSE__)
    FlushSubnormals() : before_(_mm_getcsr()) {
        _mm_setcsr(before_ | 0x8040U);
    }
    ~FlushSubnormals() {
        _mm_setcsr(before_);
    }
#else
    FlushSubnormals() = default;
    ~FlushSubnormals() = default;
#endif
    FlushSubnormals(const FlushSubnormals&) = delete;
    FlushSubnormals& operator=(const FlushSubnormals&) = delete;

private:
    unsigned before_ = 0;
};

}  // namespace melvit
