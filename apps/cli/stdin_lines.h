#pragma once

#include <functional>
#include <string>

namespace melvit::cli {

/// Calls take(line) for each line of stdin that is not blank, without what ends it (LF or CRLF).
///
/// throws  Error when stdin cannot be read; Stopped, also while it waits for a line that does not come
void for_each_line_of_stdin(const std::function<void(const std::string&)>& take);

}  // namespace melvit::cli
