#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace melvit {

/// How far a long job is; the library calls, the application prints.
///
/// what   what is counted: "tracks", "epochs", "bytes"
/// done   how many are finished
/// total  of how many; 0 when unknown
using ProgressCallback = std::function<void(std::string_view what, std::size_t done, std::size_t total)>;

}  // namespace melvit
