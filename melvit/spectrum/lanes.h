#pragma once

#include "melvit/core/matrix.h"

#include <cstddef>
#include <vector>

namespace melvit {

/// How many frames are worked on side by side: one register of doubles of the processor that the build is for
/// (two without AVX). With more, a butterfly's numbers do not fit the registers, nor the frames of a
/// transform the cache.
#if defined(__AVX512F__)
inline constexpr std::size_t kLanes = 8;
#else
inline constexpr std::size_t kLanes = 4;
#endif

using AlignedDoubles = std::vector<double, CacheLineAllocator<double>>;

/// kLanes doubles as one value. GCC and clang make of it the widest registers that the machine has; plain
/// loops over kLanes they vectorise only now and then.
typedef double Lanes __attribute__((vector_size(kLanes * sizeof(double)), may_alias));

/// kLanes floats from anywhere, as doubles.
inline Lanes lanes_of(const float* numbers) {
    typedef float Floats
        __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));
    return __builtin_convertvector(*reinterpret_cast<const Floats*>(numbers), Lanes);
}

/// The numbers of an aligned array, kLanes at a time.
inline Lanes* as_lanes(AlignedDoubles& numbers) {
    return reinterpret_cast<Lanes*>(numbers.data());
}
inline const Lanes* as_lanes(const AlignedDoubles& numbers) {
    return reinterpret_cast<const Lanes*>(numbers.data());
}

}  // namespace melvit
