#pragma once

#include <string_view>

namespace melvit::cli {

/// To be called before any file is opened: a closed stdin, stdout or stderr gives its number to no file that
/// would then receive what is meant for people, and a pipe whose reader has gone, or a file that may not
/// grow further, is an error of the write instead of a signal.
void keep_streams_apart();

/// Text on stderr. A stderr that cannot be written ends no work: it goes on in silence.
void say(std::string_view text);

/// Writes the text, or nothing of it: what a full disk took of it before it refused the rest is cut off the file
/// again. Of a pipe nothing can be taken back.
///
/// returns  0, or the errno of the system's refusal
int write_whole(int descriptor, std::string_view text);

/// A line on stdout, with one write.
///
/// throws  Error when stdout cannot be written: a result that nobody gets is none
void write_result(std::string_view line);

/// The same for text that has its own newlines, but a stop ends the wait for a reader that takes its time (a pager).
///
/// throws  Error of write_result; Stopped before anything of the text is written
void write_rows(std::string_view text);

}  // namespace melvit::cli
