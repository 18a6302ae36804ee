#include "melvit/core/source.h"

#include "melvit/core/file.h"
#include "melvit/core/sha256.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace melvit {
namespace {

constexpr const char* kCannotRead = "cannot be read";

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_of(const FileDescriptor& file) {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return {};
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .bytes = status.st_size,
            .modified_ns = nanoseconds(status.st_mtim),
            .changed_ns = nanoseconds(status.st_ctim)};
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

struct Source::Opened {
    std::filesystem::path name;
    FileDescriptor file;               ///< closed for memory
    std::span<const std::byte> bytes;  ///< of memory
    MediaKind kind = MediaKind::other;

    FileStamp stamp() const {
        if (file.number() < 0) return {.bytes = static_cast<std::int64_t>(bytes.size())};
        return stamp_of(file);
    }
};

Source::Source(const std::filesystem::path& file) {
    auto opened = std::make_shared<Opened>(Opened{file, open_regular_file(file), {}, {}});
    size_ = opened->stamp().bytes;
    std::array<std::byte, kMediaStartBytes> start{};
    const std::ptrdiff_t got = melvit::read_at(opened->file, 0, start);
    if (got < 0) throw Error(file, kCannotRead, std::strerror(errno));
    opened->kind = media_kind(file, std::span(start).first(static_cast<std::size_t>(got)));
    opened_ = std::move(opened);
}

Source::Source(std::span<const std::byte> bytes, std::filesystem::path name)
    : size_(static_cast<std::int64_t>(bytes.size())) {
    const MediaKind kind = media_kind(name, bytes.first(std::min(bytes.size(), kMediaStartBytes)));
    opened_ = std::make_shared<Opened>(Opened{std::move(name), {}, bytes, kind});
}

const std::filesystem::path& Source::name() const {
    return opened_->name;
}

MediaKind Source::kind() const {
    return opened_->kind;
}

FileStamp Source::stamp() const {
    return opened_->stamp();
}

std::ptrdiff_t Source::read_at(std::int64_t offset, std::span<std::byte> bytes) const {
    const std::int64_t there = std::clamp<std::int64_t>(size_ - offset, 0, std::ssize(bytes));
    bytes = bytes.first(static_cast<std::size_t>(there));
    const auto place = static_cast<std::size_t>(start_ + offset);
    if (bytes.empty() || opened_->file.number() >= 0) return melvit::read_at(opened_->file, place, bytes);
    std::ranges::copy(opened_->bytes.subspan(place, bytes.size()), bytes.begin());
    return there;
}

std::vector<std::uint8_t> Source::bytes_at(std::int64_t offset, std::size_t count) const {
    const std::int64_t there = std::clamp<std::int64_t>(size_ - offset, 0, static_cast<std::int64_t>(count));
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(there));
    const std::ptrdiff_t got = read_at(offset, std::as_writable_bytes(std::span(bytes)));
    if (got < 0) throw Error(name(), kCannotRead, std::strerror(errno));
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

Source Source::part(std::int64_t offset, std::int64_t bytes) const {
    Source piece(*this);
    piece.start_ += offset;
    piece.size_ = bytes;
    return piece;
}

FileChanged::FileChanged(const std::filesystem::path& file)
    : Error(file, "needs to stay as it is", "the file changed while it was read") {}

SourceDigest digest_of(const Source& source) {
    constexpr std::size_t kPiece = std::size_t{1} << 18U;
    await_next_tick(source.stamp());
    const FileStamp stamp = source.stamp();
    Sha256 sha;
    std::vector<std::byte> piece(kPiece);
    for (std::int64_t done = 0; done < source.size();) {
        const std::ptrdiff_t got = source.read_at(done, piece);
        if (got < 0) throw Error(source.name(), kCannotRead, std::strerror(errno));
        if (got == 0) break;  // it got shorter
        sha.add(std::span(piece).first(static_cast<std::size_t>(got)));
        done += got;
    }
    if (stamp.bytes != source.size() || source.stamp() != stamp) throw FileChanged(source.name());
    return {sha.hex(), stamp};
}

}  // namespace melvit
