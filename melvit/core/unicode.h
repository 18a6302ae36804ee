#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace melvit {

/// The length of the UTF-8 character that the text starts with, 0 when it starts with none.
std::size_t character_bytes(std::string_view text);

bool is_utf8(std::string_view text);

/// Text as valid UTF-8: every byte that is not part of a character becomes \xNN. Names on old discs are
/// Latin-1; JSON, safetensors and pages take UTF-8 alone.
std::string utf8_text(std::string_view bytes);

/// A path as it stands in tables, lists and JSON.
std::string utf8_name(const std::filesystem::path& file);

/// The normal form NFC, in which "é" is one character however it was written: macOS hands out names with the
/// accent as a character of its own (NFD). Text that is not UTF-8 stays as it is.
///
/// source  Unicode Standard Annex 15
std::string normal_form(std::string_view text);

/// What is left of a name without case, form and runs of blanks: equal for names that people take for one.
/// Full-width letters and no-break spaces are as the plain ones, characters without width are gone.
///
/// source  Unicode Standard, 3.13 (NFKC_Casefold)
std::string folded_name(std::string_view text);

/// The text without blanks of any kind at its ends, no-break spaces and byte order marks among them.
std::string without_outer_blanks(std::string_view text);

}  // namespace melvit
