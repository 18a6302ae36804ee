#include "melvit/core/file_stamp.h"

#include "melvit/core/sha256.h"

#include <chrono>
#include <span>
#include <sys/stat.h>
#include <thread>

namespace melvit {
namespace {

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Lets the clock of the file system, which ticks every 1 - 10 ms, go on when a file was written in this very
/// tick: a write later in it would leave the same times.
void await_next_tick(const FileStamp& stamp) {
    constexpr std::chrono::nanoseconds kTick = std::chrono::milliseconds(20);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::chrono::nanoseconds age = now - std::chrono::nanoseconds(stamp.changed_ns);
    if (age >= std::chrono::nanoseconds(0) && age < kTick) std::this_thread::sleep_for(kTick - age);
}

}  // namespace

FileStamp stamp_of(const FileDescriptor& file) {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return {};
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .bytes = status.st_size,
            .modified_ns = nanoseconds(status.st_mtim),
            .changed_ns = nanoseconds(status.st_ctim)};
}

FileChanged::FileChanged(const std::filesystem::path& file)
    : Error(file, "needs to stay as it is", "the file changed while it was read") {}

FileDigest digest_of_file(const std::filesystem::path& path) {
    const FileDescriptor file = open_regular_file(path);
    await_next_tick(stamp_of(file));
    const FileStamp stamp = stamp_of(file);
    Sha256 sha;
    read_file_in_pieces(file, path, [&](std::span<const std::byte> piece) { sha.add(piece); });
    if (stamp_of(file) != stamp) throw FileChanged(path);
    return {sha.hex(), stamp};
}

}  // namespace melvit
