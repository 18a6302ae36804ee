#pragma once

#include "melvit/core/random.h"

#include <cstdint>

namespace melvit {

/// What a training draws random numbers for, beside make_head, whose streams are numbered from 0.
enum class Stream : std::uint64_t { shuffle = 1000, dropout = 1001, member = 1002, mixup = 1003 };

/// The seed of one purpose.
inline std::uint64_t stream_seed(std::uint64_t seed, Stream stream) {
    return Random(seed, static_cast<std::uint64_t>(stream)).bits();
}

}  // namespace melvit
