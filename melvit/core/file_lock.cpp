#include "melvit/core/file_lock.h"

#include "melvit/core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>

namespace melvit {

FileDescriptor open_lock(const std::filesystem::path& file) {
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (lock.number() < 0) throw Error(file, "needs to be written", std::strerror(errno));
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

FolderLock::FolderLock(const std::filesystem::path& folder) {
    make_folder(folder);
    lock_ = open_lock(folder / ".lock");
    if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        throw Error(folder, "needs one program that writes there at a time", "another one is at work");
    }
    remove_parts(folder);
}

}  // namespace melvit
