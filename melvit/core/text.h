#pragma once

#include "melvit/core/export.h"

#include <fmt/format.h>
#include <string>
#include <string_view>

namespace melvit {

/// The items of a list as text with a separator between them: "vit_b_16, vit_l_16". (fmt::join does the same,
/// but g++ 12 warns of an overflow inside it that cannot happen.)
template <class Range>
std::string joined(const Range& items, std::string_view separator = ", ") {
    std::string text;
    std::string_view before;
    for (const auto& item : items) {
        text += fmt::format("{}{}", before, item);
        before = separator;
    }
    return text;
}

/// The double whose shortest text is the float's: 0.0016F gives 0.0016, not 0.0015999999595806003.
MELVIT_API double decimal_of(float number);

/// The text with ASCII letters in lower case. (Without case in other alphabets too: folded_name of core/unicode.h.)
std::string lower_case(std::string_view text);

/// The text without ASCII white space at its ends. (Other blanks: without_outer_blanks of core/unicode.h.)
std::string_view trimmed(std::string_view text);

/// Text from outside on one line that no terminal obeys: control characters as \\xNN.
MELVIT_API std::string visible(std::string_view text);

/// The same with no more than the text's first 80 bytes, as it may stand in an error.
MELVIT_API std::string printable(std::string_view text);

}  // namespace melvit
