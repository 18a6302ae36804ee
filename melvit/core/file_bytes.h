#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace melvit {

/// The bytes of a regular file, read into memory of our own: what happens to the file afterwards does not
/// matter. A mapping of the file would end the program (SIGBUS) when somebody cuts the file short. Moving it
/// leaves the bytes where they are.
class FileBytes {
public:
    FileBytes() = default;

    /// throws  Error as open_regular_file, and when the file does not fit into memory, cannot be read or gets
    ///         shorter while it is read
    explicit FileBytes(std::filesystem::path file);
    ~FileBytes();
    FileBytes(FileBytes&& other) noexcept;
    FileBytes& operator=(FileBytes&& other) noexcept;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return bytes_; }
    std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

private:
    std::filesystem::path path_;
    std::span<std::byte> bytes_;
};

}  // namespace melvit
