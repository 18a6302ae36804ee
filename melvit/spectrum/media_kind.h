#pragma once

#include <filesystem>

namespace melvit {

/// What a file is by the ending of its name; what it really is shows when it is read.
enum class MediaKind { song, picture, other };

/// Hidden files (and macOS "._*" files among them) are `other`.
MediaKind media_kind(const std::filesystem::path& file);

}  // namespace melvit
