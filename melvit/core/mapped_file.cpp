#include "melvit/core/mapped_file.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utility>

namespace melvit {

MappedFile::MappedFile(std::filesystem::path file) : path_(std::move(file)) {
    const FileDescriptor descriptor = open_regular_file(path_);
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) {
        throw Error(path_, "needs to be a readable file", std::strerror(errno));
    }
    if (status.st_size == 0) return;  // the system maps no empty file
    const auto length = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor.number(), 0);
    if (address == MAP_FAILED) throw Error(path_, "needs to fit into memory", std::strerror(errno));
    bytes_ = {static_cast<const std::byte*>(address), length};
}

MappedFile::~MappedFile() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

}  // namespace melvit
