#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// A file descriptor with an owner.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : number_(number) {}
    ~FileDescriptor();
    FileDescriptor(FileDescriptor&& other) noexcept;
    FileDescriptor& operator=(FileDescriptor&& other) noexcept;

    int number() const { return number_; }

    /// Closes now. returns false when the last write failed late (a full disk on a network file system)
    bool close();

private:
    int number_ = -1;
};

/// A regular file, open for reading; a directory, a FIFO, a device or a broken link is refused at once, so
/// that nothing waits for a writer that never comes.
///
/// throws  Error that says which of these it is, or what the system said
FileDescriptor open_regular_file(const std::filesystem::path& file);

/// Bytes of an open file from a place on: as many as `bytes` takes, fewer at the file's end.
///
/// returns  how many; -1 when the system fails before the first, errno says why
std::ptrdiff_t read_at(const FileDescriptor& descriptor, std::uint64_t offset, std::span<std::byte> bytes);

/// The bytes of a regular file, at most `limit` of them.
///
/// throws  Error as open_regular_file, and when the file is longer than `limit`
std::vector<std::byte> read_file(const std::filesystem::path& file, std::uint64_t limit);

/// The same as text.
std::string read_text_file(const std::filesystem::path& file, std::uint64_t limit = 64U << 20U);

/// Calls take(piece) for one piece of the file after the other.
void read_file_in_pieces(const std::filesystem::path& file,
                         const std::function<void(std::span<const std::byte>)>& take);

/// A file that appears whole or not at all: written to a temporary file in the same folder, then fsync,
/// rename, fsync of the folder. Left without `commit` it takes its temporary file away.
class DurableFile {
public:
    /// throws  Error when the folder does not exist or cannot be written
    explicit DurableFile(std::filesystem::path target);
    ~DurableFile();
    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;

    /// throws  Error with the target's name, e.g. when the disk is full
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text);

    /// Gives the file its name.
    void commit();

    /// The same without waiting for the disk: after a power cut the file may be damaged. For many small files
    /// that carry a digest of their own.
    void commit_unsynced();

    /// Where the bytes are until `commit`.
    const std::filesystem::path& temporary() const { return temporary_; }

private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    FileDescriptor descriptor_;
    bool committed_ = false;
};

/// A hidden name beside `target` for what is to get that name once it is whole. It is drawn at random, so that
/// programs in other containers and on other hosts do not choose it too, and what a killed one left is in
/// nobody's way.
std::filesystem::path temporary_name(const std::filesystem::path& target);

/// Deletes what killed programs left under names of temporary_name. Nobody may write in the folder meanwhile.
void remove_parts(const std::filesystem::path& folder);

/// Says before hours of work what DurableFile would say after them.
///
/// throws  Error of DurableFile
void check_can_be_written(const std::filesystem::path& target);

/// Takes a file away where there is one.
///
/// throws  Error when that fails
void remove_file(const std::filesystem::path& file);

/// The names of what a folder holds, in no order.
///
/// throws  Error when it cannot be read
std::vector<std::string> names_in(const std::filesystem::path& folder);

/// Makes sure that a new name in the file's folder is on the disk.
void sync_folder(const std::filesystem::path& file);

/// The whole text as one durable file.
void write_file(const std::filesystem::path& target, std::string_view text);

/// Adds text + newline to the end of a log with one write() under O_APPEND, so that two writers never mix
/// within a line and a crash tears at most the last one.
void append_line(const std::filesystem::path& file, std::string_view line);

/// Makes the folder and those above it.
/// throws  Error when that fails or a file stands there
void make_folder(const std::filesystem::path& folder);

}  // namespace melvit
