#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace melvit::cli {

/// The name that a mistyped word most likely means: a few letters differ, or letters were left out.
///
/// returns  empty where none is near enough
std::string nearest(std::string_view word, const std::vector<std::string>& names);

/// "; did you mean --model?", or nothing where none is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& names);

}  // namespace melvit::cli
