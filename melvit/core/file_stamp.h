#pragma once

#include "melvit/core/error.h"
#include "melvit/core/export.h"
#include "melvit/core/file.h"

#include <cstdint>
#include <filesystem>
#include <string>

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

FileStamp stamp_of(const FileDescriptor& file);

/// A file that was written or replaced while it was read.
class MELVIT_API FileChanged : public Error {
public:
    explicit FileChanged(const std::filesystem::path& file);
};

/// A file's digest, and the stamp that it had before and after its bytes were read.
struct FileDigest {
    std::string sha256;
    FileStamp stamp;
};

/// throws  Error when the file cannot be read; FileChanged
FileDigest digest_of_file(const std::filesystem::path& file);

}  // namespace melvit
