#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace melvit {

/// A regular file, mapped read-only into memory until this goes. Moving it leaves the bytes where they are.
class MappedFile {
public:
    MappedFile() = default;

    /// throws  Error as open_regular_file, and when the system refuses the mapping
    explicit MappedFile(std::filesystem::path file);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return bytes_; }

private:
    std::filesystem::path path_;
    std::span<const std::byte> bytes_;
};

}  // namespace melvit
