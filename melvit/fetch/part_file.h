#pragma once

#include "melvit/core/file.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace melvit {

/// The beginning of a download, kept between attempts and locked against other processes. Beside it a small
/// .tag file keeps the URL and the server's validator that the bytes belong to.
class PartFile {
public:
    /// throws  Error when it cannot be written, or another process has it
    explicit PartFile(const std::filesystem::path& target, std::string url);

    const std::filesystem::path& path() const { return path_; }
    std::uint64_t size() const { return size_; }

    /// What the server must still say for the rest to fit; empty when the part is of no use.
    const std::string& validator() const { return validator_; }

    /// Empties the part; the bytes that follow belong to this validator.
    void start_over(const std::string& validator);

    /// throws  Error, e.g. when the disk is full; what was written stays for the next attempt
    void append(std::span<const std::byte> bytes);

    /// Makes sure that the bytes are on the disk.
    void sync();

    /// Gives the part its final name.
    void rename_to(const std::filesystem::path& target);

    /// Takes the part and its tag away.
    void remove();

private:
    void lock();
    void read_tag();

    std::filesystem::path path_;
    std::filesystem::path tag_;
    std::string url_;
    std::string validator_;
    std::uint64_t size_ = 0;
    FileDescriptor descriptor_;
};

}  // namespace melvit
