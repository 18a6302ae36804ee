#pragma once

#include <cstddef>
#include <string>

namespace melvit::cli {

/// The words of a text in lines of at most `width` characters; a longer word has a line of its own.
///
/// indent  blanks in front of each line but the first
std::string wrapped(const std::string& text, std::size_t width, std::size_t indent = 0);

}  // namespace melvit::cli
