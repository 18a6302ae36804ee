#pragma once

#include "melvit/core/file.h"

#include <filesystem>

namespace melvit {

/// A file that locks are taken on; it is made when it is missing. A lock goes with its descriptor, and the
/// system takes it away from a process that dies.
///
/// throws  Error when the file cannot be written
FileDescriptor open_lock(const std::filesystem::path& file);

/// Takes a lock, or changes the one that is held.
///
/// operation  of flock: LOCK_EX or LOCK_SH, with LOCK_NB not to wait
/// file       its name, for the error
/// returns    false when LOCK_NB was asked for and somebody else has the lock
/// throws     Error on a file system without locks
bool take_lock(const FileDescriptor& lock, int operation, const std::filesystem::path& file);

/// A folder that one program writes at a time, so that two runs never mix their files in it.
class FolderLock {
public:
    /// Makes the folder, locks it by the file `.lock` in it, which goes with this object, and deletes what
    /// killed programs left half-written. A file system without locks is used without: two writers are rare.
    ///
    /// throws  Error when the folder cannot be made or written, or another program writes there now
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    std::filesystem::path file_;
    FileDescriptor lock_;
};

}  // namespace melvit
