#include "melvit/core/file.h"

#include "melvit/core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

std::string system_says(int error_number) {
    return std::strerror(error_number);
}

std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "it is a directory";
    if (S_ISFIFO(mode)) return "it is a FIFO";
    if (S_ISSOCK(mode)) return "it is a socket";
    return "it is a device";
}

void write_all(int descriptor, std::span<const std::byte> bytes, const fs::path& target) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw Error(target, "cannot be written", system_says(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

constexpr std::string_view kPartEnding = ".melvit-part";

/// The same process number serves in every container, and hosts share file systems: only chance is unique there.
std::uint64_t random_number() {
    std::uint64_t number = 0;
    while (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
        if (errno != EINTR) throw Error("random numbers", "need to come from the system", system_says(errno));
    }
    return number;
}

}  // namespace

fs::path temporary_name(const fs::path& target) {
    constexpr std::size_t kLongestShown = 100;  // of 255 bytes that a name may have
    std::string shown = target.filename().native();
    if (shown.size() > kLongestShown) {
        std::size_t end = kLongestShown;
        while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80U)
            --end;  // UTF-8: not within a letter
        shown.resize(end);
    }
    return target.parent_path() / fmt::format(".{}.{:016x}{}", shown, random_number(), kPartEnding);
}

FileDescriptor::~FileDescriptor() {
    close();
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

bool FileDescriptor::close() {
    if (number_ < 0) return true;
    return ::close(std::exchange(number_, -1)) == 0;
}

FileDescriptor open_regular_file(const fs::path& file) {
    constexpr std::string_view kNeed = "cannot be read";
    // O_NONBLOCK: opening a FIFO returns at once; it does not change reads of regular files.
    FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (descriptor.number() < 0) {
        const int error_number = errno;
        std::error_code ignored;
        if (error_number == ENOENT && fs::is_symlink(fs::symlink_status(file, ignored))) {
            throw Error(file, kNeed, "it is a link to nothing");
        }
        throw Error(file, kNeed, system_says(error_number));
    }
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) throw Error(file, kNeed, system_says(errno));
    if (!S_ISREG(status.st_mode)) throw Error(file, kNeed, kind_of(status.st_mode));
    return descriptor;
}

std::ptrdiff_t read_at(const FileDescriptor& descriptor, std::uint64_t offset, std::span<std::byte> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t got = ::pread(descriptor.number(), bytes.data() + filled, bytes.size() - filled,
                                    static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && filled == 0) return -1;
        if (got <= 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return static_cast<std::ptrdiff_t>(filled);
}

void read_file_in_pieces(const fs::path& file, const std::function<void(std::span<const std::byte>)>& take) {
    const FileDescriptor descriptor = open_regular_file(file);
    std::vector<std::byte> piece(std::size_t{1} << 18U);
    while (true) {
        const ssize_t got = ::read(descriptor.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw Error(file, "cannot be read", system_says(errno));
        if (got == 0) return;
        take(std::span(piece).first(static_cast<std::size_t>(got)));
    }
}

std::vector<std::byte> read_file(const fs::path& file, std::uint64_t limit) {
    std::vector<std::byte> bytes;
    read_file_in_pieces(file, [&](std::span<const std::byte> piece) {
        if (bytes.size() + piece.size() > limit) {
            throw Error(file, fmt::format("needs at most {} bytes", limit), "it is longer");
        }
        bytes.insert(bytes.end(), piece.begin(), piece.end());
    });
    return bytes;
}

std::string read_text_file(const fs::path& file, std::uint64_t limit) {
    const std::vector<std::byte> bytes = read_file(file, limit);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

DurableFile::DurableFile(fs::path target) : target_(std::move(target)) {
    struct stat status {};
    if (::stat(target_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Error(target_, "needs to be a regular file or a new one", kind_of(status.st_mode));
    }
    do {
        temporary_ = temporary_name(target_);
        descriptor_ =
            FileDescriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    } while (descriptor_.number() < 0 && errno == EEXIST);
    if (descriptor_.number() < 0) throw Error(target_, "cannot be written", system_says(errno));
}

DurableFile::~DurableFile() {
    if (committed_) return;
    descriptor_.close();
    ::unlink(temporary_.c_str());
}

void DurableFile::write(std::span<const std::byte> bytes) {
    write_all(descriptor_.number(), bytes, target_);
}

void DurableFile::write(std::string_view text) {
    write(bytes_of(text));
}

void DurableFile::commit() {
    if (::fsync(descriptor_.number()) != 0) throw Error(target_, "cannot be written", system_says(errno));
    commit_unsynced();
    sync_folder(target_);
}

void DurableFile::commit_unsynced() {
    if (!descriptor_.close() || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
        throw Error(target_, "cannot be written", system_says(errno));
    }
    committed_ = true;
}

void remove_parts(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.') && name.ends_with(kPartEnding)) fs::remove_all(entry.path(), ignored);
    }
}

void check_can_be_written(const fs::path& target) {
    const DurableFile taken_away_again(target);
}

void remove_file(const fs::path& file) {
    std::error_code error;
    fs::remove(file, error);
    if (error) throw Error(file, "cannot be deleted", error.message());
}

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        names.push_back(entry->path().filename().native());
    }
    if (error) throw Error(folder, "cannot be read", error.message());
    return names;
}

void sync_folder(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.number() >= 0) ::fsync(descriptor.number());
}

void write_file(const fs::path& target, std::string_view text) {
    DurableFile file(target);
    file.write(text);
    file.commit();
}

void append_line(const fs::path& file, std::string_view line) {
    FileDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (descriptor.number() < 0) throw Error(file, "cannot be written", system_says(errno));
    const std::string text = fmt::format("{}\n", line);
    write_all(descriptor.number(), bytes_of(text), file);
    if (!descriptor.close()) throw Error(file, "cannot be written", system_says(errno));
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) throw Error(folder, "cannot be made", error.message());
    if (!fs::is_directory(folder, error)) throw Error(folder, "needs to be a folder", "a file stands there");
}

}  // namespace melvit
