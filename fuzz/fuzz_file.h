#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace melvit {

/// A file in memory that holds these bytes until the next call: the doors take paths.
inline std::filesystem::path fuzz_file(std::span<const std::uint8_t> bytes) {
    static const int descriptor = ::memfd_create("fuzz", MFD_CLOEXEC);
    if (descriptor < 0 || ::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        std::abort();
    }
    return "/proc/self/fd/" + std::to_string(descriptor);
}

}  // namespace melvit
