#pragma once

#include "melvit/core/error.h"
#include "melvit/core/export.h"
#include "melvit/core/media_kind.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// What the system knows of an open file without reading it. While it stays the same, so do the bytes:
/// whoever writes into a file moves its times, and a file of the same name has another inode.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = 0;
    std::int64_t modified_ns = 0;  ///< since 1970; programs can set it back
    std::int64_t changed_ns = 0;   ///< of the inode; programs cannot

    bool operator==(const FileStamp&) const = default;
};

/// Sound or a picture, where its bytes are: a file, opened once, or memory. All that reads songs and pictures
/// takes one of these:
///
///     classifier.classify("song.mp3");
///     classifier.classify({bytes, "song.mp3"});
///
/// Copies share the open file; threads may read one source at the same time.
class MELVIT_API Source {
public:
    /// A regular file. It is opened here and not again: what happens to its name later does not matter.
    ///
    /// throws  Error of open_regular_file
    Source(const std::filesystem::path& file);
    template <std::convertible_to<std::filesystem::path> Path>
    Source(const Path& file) : Source(std::filesystem::path(file)) {}

    /// bytes  of a whole file; they stay where they are as long as a copy of the source does
    /// name   for errors; its ending tells a broken picture from broken sound
    Source(std::span<const std::byte> bytes, std::filesystem::path name);

    const std::filesystem::path& name() const;

    /// Song, png or jpeg; `other` for a file that only its name makes a picture. Decided once, when the file
    /// is opened.
    MediaKind kind() const;

    std::int64_t size() const { return size_; }  ///< bytes, when it was opened

    /// Bytes from a place on: as many as `bytes` takes, fewer at the end.
    ///
    /// returns  how many; -1 when the system fails before the first, errno says why
    std::ptrdiff_t read_at(std::int64_t offset, std::span<std::byte> bytes) const;

    /// The same as a value: `count` bytes, fewer at the end.
    ///
    /// throws  Error when the system cannot read them
    std::vector<std::uint8_t> bytes_at(std::int64_t offset, std::size_t count) const;

    /// A piece of it, as a source of its own.
    ///
    /// offset  0 to size()
    /// bytes   0 to size() - offset
    Source part(std::int64_t offset, std::int64_t bytes) const;

    /// Of the file, now: the same as before means that nobody wrote in between. Moving or deleting its name changes
    /// it too. Of memory always the same.
    FileStamp stamp() const;

private:
    struct Opened;
    std::shared_ptr<const Opened> opened_;
    std::int64_t start_ = 0;
    std::int64_t size_ = 0;
};

/// A file that was written or replaced while it was read.
class MELVIT_API FileChanged : public Error {
public:
    explicit FileChanged(const std::filesystem::path& file);
};

/// The SHA-256 of a source's bytes, in hex, and the stamp that it had before and after they were read.
struct SourceDigest {
    std::string sha256;
    FileStamp stamp;
};

/// source  a whole file, or memory
/// throws  Error when it cannot be read; FileChanged
SourceDigest digest_of(const Source& source);

}  // namespace melvit
