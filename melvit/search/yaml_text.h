#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace melvit {

/// Bytes of the longest YAML file.
inline constexpr std::size_t kMostYamlBytes = 10'000'000;

/// "<thing>:<line>", as compilers name a place.
std::string place_in(const std::string& thing, int line);

/// Checks what a YAML reader replaces or misreads in silence.
///
/// throws  Error naming the line, unless this is at most 10 MB of UTF-8 without control bytes, indented by
///         spaces, with lines of at most 64 kB
void check_yaml_text(std::string_view yaml, const std::string& thing);

}  // namespace melvit
