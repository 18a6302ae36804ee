#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// Text that a person or another program made, as bytes whose line ends and separators are ASCII.
///
/// Byte order marks of UTF-8, UTF-16 and UTF-32 are obeyed and taken off; UTF-16 without one is told by its zero
/// bytes. Other bytes stay as they are: a list may hold names of an old disc that are not UTF-8.
///
/// thing   what an error names
/// throws  Error when UTF-16 or UTF-32 has something in it that is no character
std::string decode_text(std::string bytes, std::string_view thing);

/// Its lines, without what ends them: LF, CRLF or CR, also mixed. The views last as long as the text.
std::vector<std::string_view> text_lines(std::string_view text);

/// Text of a spreadsheet as UTF-8: what is not UTF-8 is read as Windows-1252, of which Latin-1 is a part. The few
/// bytes that neither has stay.
std::string utf8_of_spreadsheet(std::string_view text);

}  // namespace melvit
