#pragma once

#include "melvit/core/context.h"

#include <filesystem>
#include <string>

namespace melvit {

/// packet_digest of a song (audio/packet_digest.h), so that the same sound under other tags is known again.
/// It is kept beside the features under the file's own digest, and read from there the next time.
///
/// file_sha256   of the file's bytes
/// cache_folder  empty: nothing is kept
/// returns       64 hex digits; "" for a picture, and for a song whose packets cannot be read
/// throws        Stopped
std::string sound_digest(const std::filesystem::path& file, const std::string& file_sha256,
                         const std::filesystem::path& cache_folder, const Context& context = {});

}  // namespace melvit
