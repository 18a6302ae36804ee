#include "melvit/fetch/part_file.h"

#include "melvit/core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_writing(const fs::path& file) {
    throw Error(file, "cannot be written", std::strerror(errno));
}

fs::path with_ending(fs::path path, std::string_view ending) {
    path += ending;
    return path;
}

}  // namespace

PartFile::PartFile(const fs::path& target, std::string url)
    : path_(with_ending(target, ".part")), tag_(with_ending(path_, ".tag")), url_(std::move(url)) {
    lock();
    struct stat status {};
    if (::fstat(descriptor_.number(), &status) != 0) fail_writing(path_);
    if (!S_ISREG(status.st_mode))
        throw Error(path_, "needs a regular file here", "something else has this name");
    size_ = static_cast<std::uint64_t>(status.st_size);
    read_tag();
    if (validator_.empty()) start_over("");
}

/// The process that had the lock may have renamed or removed the file between our open and our lock: then the
/// name stands for another file, and we open that one.
void PartFile::lock() {
    while (true) {
        descriptor_ = FileDescriptor(
            ::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644));
        if (descriptor_.number() < 0) fail_writing(path_);
        if (::flock(descriptor_.number(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) fail_writing(path_);
            throw Error(path_, "needs to be downloaded by one process at a time", "another one is at it");
        }
        struct stat locked {};
        struct stat named {};
        if (::fstat(descriptor_.number(), &locked) == 0 && ::stat(path_.c_str(), &named) == 0 &&
            locked.st_ino == named.st_ino && locked.st_dev == named.st_dev) {
            return;
        }
    }
}

/// Two lines: the URL, the validator.
void PartFile::read_tag() {
    std::error_code ignored;
    if (!fs::is_regular_file(tag_, ignored)) return;
    const std::string text = read_text_file(tag_);
    const std::size_t end = text.find('\n');
    if (end == std::string::npos || text.substr(0, end) != url_) return;
    const std::string rest = text.substr(end + 1);
    if (rest.size() > 1 && rest.find('\n') == rest.size() - 1) validator_ = rest.substr(0, rest.size() - 1);
}

void PartFile::start_over(const std::string& validator) {
    if (::ftruncate(descriptor_.number(), 0) != 0) fail_writing(path_);
    size_ = 0;
    validator_ = validator;
    write_file(tag_, url_ + "\n" + validator + "\n");
}

void PartFile::append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail_writing(path_);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        size_ += static_cast<std::uint64_t>(written);
    }
}

void PartFile::sync() {
    if (::fsync(descriptor_.number()) != 0) fail_writing(path_);
}

void PartFile::rename_to(const fs::path& target) {
    sync();
    if (::rename(path_.c_str(), target.c_str()) != 0) fail_writing(target);
    sync_folder(target);
    std::error_code ignored;
    fs::remove(tag_, ignored);
}

void PartFile::remove() {
    std::error_code ignored;
    fs::remove(tag_, ignored);
    fs::remove(path_, ignored);
}

}  // namespace melvit
