#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace melvit {

/// What a file is that was given for a weight file and is none, and what to do about it, as the end of "it is
/// ...": "a web page (HTML), as sites send instead of a file to who is not logged in".
///
/// bytes    the whole file
/// returns  "" for a file of no known kind
std::string foreign_kind(std::span<const std::byte> bytes);

}  // namespace melvit
