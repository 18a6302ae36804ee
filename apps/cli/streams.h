#pragma once

#include <string_view>

namespace melvit::cli {

/// To be called before any file is opened: a closed stdin, stdout or stderr gives its number to no file that
/// would then receive what is meant for people, and a pipe whose reader has gone is an error of the write
/// instead of a signal.
void keep_streams_apart();

/// Text on stderr. A stderr that cannot be written ends no work: it goes on in silence.
void say(std::string_view text);

/// A line on stdout.
///
/// throws  Error when stdout cannot be written: a result that nobody gets is none
void write_result(std::string_view line);

/// Hands all lines over.
///
/// throws  Error of write_result, for lines that waited until now
void flush_results();

}  // namespace melvit::cli
