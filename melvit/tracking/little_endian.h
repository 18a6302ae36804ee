#pragma once

#include <bit>
#include <concepts>
#include <cstring>
#include <string>

namespace melvit {

static_assert(std::endian::native == std::endian::little, "the trackers' files are little-endian");

/// Adds a number's bytes, the lowest first.
template <class Number>
requires std::integral<Number> || std::floating_point<Number>
void append_little_endian(std::string& bytes, Number value) {
    char raw[sizeof(Number)];
    std::memcpy(raw, &value, sizeof raw);
    bytes.append(raw, sizeof raw);
}

}  // namespace melvit
