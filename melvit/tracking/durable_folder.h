#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace melvit {

/// A folder that appears whole or not at all: built under a temporary name beside it, then fsync and rename.
/// An older folder of that name is there until the new one takes its place. Left without `commit` it goes.
class DurableFolder {
public:
    /// throws  Error when a file stands there or the folder above cannot be written
    explicit DurableFolder(std::filesystem::path target);
    ~DurableFolder();
    DurableFolder(const DurableFolder&) = delete;
    DurableFolder& operator=(const DurableFolder&) = delete;

    /// Where its files are to be written, with write_file, until `commit`.
    const std::filesystem::path& temporary() const { return temporary_; }

    /// Gives the folder its name.
    void commit();

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
};

/// A name as a part of a path: what is not a letter, a digit or one of ._+=- becomes "_", and no more than
/// 100 characters.
std::string as_file_name(std::string_view name);

}  // namespace melvit
