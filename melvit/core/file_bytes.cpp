#include "melvit/core/file_bytes.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/parallel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace melvit {
namespace {

void read_block(const std::filesystem::path& path, const FileDescriptor& descriptor, std::size_t offset,
                std::span<std::byte> block) {
    const std::ptrdiff_t got = read_at(descriptor, offset, block);
    if (got < 0) throw Error(path, "cannot be read", std::strerror(errno));
    if (static_cast<std::size_t>(got) == block.size()) return;
    throw Error(path, "needs to stay as it is while it is read",
                fmt::format("it got shorter, to {} bytes", offset + static_cast<std::size_t>(got)));
}

}  // namespace

FileBytes::FileBytes(std::filesystem::path file) : path_(std::move(file)) {
    constexpr std::size_t kBlock = std::size_t{4} << 20U;
    const FileDescriptor descriptor = open_regular_file(path_);
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) {
        throw Error(path_, "cannot be read", std::strerror(errno));
    }
    if (status.st_size == 0) return;  // the system gives no empty memory
    const auto length = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) throw Error(path_, "needs to fit into memory", std::strerror(errno));
    FileBytes memory;  // which goes when a block cannot be read
    memory.bytes_ = {static_cast<std::byte*>(address), length};
    parallel_for((length + kBlock - 1) / kBlock, [&](std::size_t i) {
        const std::size_t offset = i * kBlock;
        read_block(path_, descriptor, offset,
                   memory.bytes_.subspan(offset, std::min(kBlock, length - offset)));
    });
    bytes_ = std::exchange(memory.bytes_, {});
}

FileBytes::~FileBytes() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : path_(std::move(other.path_)), bytes_(std::exchange(other.bytes_, {})) {}

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

}  // namespace melvit
