#pragma once

#include <string>

namespace melvit::cli {

/// All that stdin gives, up to 1 GiB.
///
/// throws  Error when stdin cannot be read or gives more; Stopped, also while it waits for a line that does not
///         come
std::string read_stdin();

}  // namespace melvit::cli
