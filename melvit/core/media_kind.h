#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace melvit {

/// What a file is: a song, a picture of one of two formats, or neither.
enum class MediaKind { song, png, jpeg, other };

constexpr bool is_picture(MediaKind kind) {
    return kind == MediaKind::png || kind == MediaKind::jpeg;
}

/// What the ending of a file's name says. Hidden files (and macOS "._*" files among them) are `other`.
MediaKind media_kind(const std::filesystem::path& file);

inline constexpr std::size_t kMediaStartBytes = 8;

/// What a file really is. The first bytes tell a picture; what is none is a song, which FFmpeg reads or
/// refuses, unless its name says picture: then it is a broken one, `other`.
///
/// start  its first kMediaStartBytes, or all of a shorter file
MediaKind media_kind(const std::filesystem::path& file, std::span<const std::byte> start);

}  // namespace melvit
