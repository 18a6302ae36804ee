#include "melvit/core/file_lock.h"

#include "melvit/core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace melvit {
namespace {

/// Whether a file still has the name that it was opened by.
bool is_still_named(const FileDescriptor& opened, const std::filesystem::path& name) {
    struct stat ours {};
    struct stat named {};
    return ::fstat(opened.number(), &ours) == 0 && ::stat(name.c_str(), &named) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

}  // namespace

FileDescriptor open_lock(const std::filesystem::path& file) {
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock.number() < 0) throw Error(file, "cannot be written", std::strerror(errno));
    return lock;
}

bool take_lock(const FileDescriptor& lock, int operation, const std::filesystem::path& file) {
    while (::flock(lock.number(), operation) != 0) {
        if (errno == EWOULDBLOCK) return false;
        // A signal is no reason to give up.
        if (errno != EINTR) throw Error(file, "needs a file system with locks", std::strerror(errno));
    }
    return true;
}

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(folder / ".lock") {
    make_folder(folder);
    do {
        lock_ = open_lock(file_);
        if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            throw Error(folder, "needs one program that writes there at a time", "another one is at work");
        }
        // The one before deletes its file: between the opening and the lock that may have been this one.
    } while (!is_still_named(lock_, file_));
    remove_parts(folder);
}

FolderLock::~FolderLock() {
    ::unlink(file_.c_str());  // before the lock goes, so that it is never another's
}

}  // namespace melvit
