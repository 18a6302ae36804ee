#include "melvit/audio/file_source.h"

#include "melvit/audio/end_tags.h"
#include "melvit/audio/ffmpeg.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <span>
#include <sys/stat.h>

namespace melvit {
namespace {

constexpr int kBufferBytes = 1 << 16;
constexpr int kMostTags = 16;  // ID3 tags in front of the music; a real file has one or two

}  // namespace

FileSource::FileSource(const std::filesystem::path& file) : descriptor_(open_regular_file(file)) {
    struct stat status {};
    ::fstat(descriptor_.number(), &status);
    end_ = status.st_size;
    for (int tags = 0; tags < kMostTags; ++tags) {
        const std::int64_t tag_bytes = id3_bytes_at(start_);
        if (tag_bytes == 0) break;
        start_ += tag_bytes;
    }
    position_ = start_;

    auto* buffer = static_cast<unsigned char*>(ffmpeg().av_malloc(kBufferBytes));
    context_ = ffmpeg().avio_alloc_context(buffer, kBufferBytes, 0, this, &FileSource::read, nullptr,
                                           &FileSource::seek);
    if (context_ == nullptr) {
        ffmpeg().av_free(buffer);
        throw std::bad_alloc();
    }
}

FileSource::~FileSource() {
    ffmpeg().av_freep(&context_->buffer);  // not the one given above when FFmpeg has grown it
    ffmpeg().avio_context_free(&context_);
}

void FileSource::leave_out_end_tags() {
    end_ -= end_tag_bytes(size(),
                          [&](std::int64_t offset, std::size_t count) { return bytes_at(offset, count); });
}

std::vector<std::uint8_t> FileSource::bytes_at(std::int64_t offset, std::size_t count) const {
    count = static_cast<std::size_t>(
        std::clamp<std::int64_t>(size() - offset, 0, static_cast<std::int64_t>(count)));
    std::vector<std::uint8_t> bytes(count);
    const std::int64_t place = start_ + offset;
    const std::ptrdiff_t got =
        read_at(descriptor_, static_cast<std::uint64_t>(place), std::as_writable_bytes(std::span(bytes)));
    bytes.resize(static_cast<std::size_t>(std::max<std::ptrdiff_t>(got, 0)));
    put_beginning(bytes.data(), bytes.size(), place);
    return bytes;
}

/// Into bytes that were read from a place in the file.
void FileSource::put_beginning(std::uint8_t* bytes, std::size_t count, std::int64_t place) const {
    const auto skipped = static_cast<std::size_t>(place - start_);
    if (skipped >= beginning_.size()) return;
    std::copy_n(beginning_.begin() + static_cast<std::ptrdiff_t>(skipped),
                std::min(count, beginning_.size() - skipped), bytes);
}

/// The length of the ID3v2 tag at this place, 0 when there is none or it leaves nothing of the file.
/// source  id3.org, ID3v2.4.0 section 3.1: "ID3", version, flags, four bytes of 7 bits for the size
std::int64_t FileSource::id3_bytes_at(std::int64_t offset) const {
    constexpr std::int64_t kHeaderBytes = 10;
    std::array<std::uint8_t, kHeaderBytes> header{};
    const std::ptrdiff_t got =
        read_at(descriptor_, static_cast<std::uint64_t>(offset), std::as_writable_bytes(std::span(header)));
    if (got != kHeaderBytes) return 0;
    if (header[0] != 'I' || header[1] != 'D' || header[2] != '3') return 0;
    std::int64_t bytes = 0;
    for (std::size_t i = 6; i < header.size(); ++i) {
        if (header[i] >= 0x80) return 0;
        bytes = bytes << 7U | header[i];
    }
    const bool has_footer = (header[5] & 0x10U) != 0;
    bytes += has_footer ? 2 * kHeaderBytes : kHeaderBytes;
    return offset + bytes < end_ ? bytes : 0;
}

int FileSource::read(void* self, std::uint8_t* bytes, int count) {
    auto& source = *static_cast<FileSource*>(self);
    const auto wanted = static_cast<std::size_t>(
        std::max<std::int64_t>(0, std::min<std::int64_t>(count, source.end_ - source.position_)));
    if (wanted == 0) return AVERROR_EOF;
    const std::ptrdiff_t got = read_at(source.descriptor_, static_cast<std::uint64_t>(source.position_),
                                       std::as_writable_bytes(std::span(bytes, wanted)));
    if (got < 0) return AVERROR(errno);
    if (got == 0) return AVERROR_EOF;
    source.put_beginning(bytes, static_cast<std::size_t>(got), source.position_);
    source.position_ += got;
    return static_cast<int>(got);
}

std::int64_t FileSource::seek(void* self, std::int64_t offset, int whence) {
    auto& source = *static_cast<FileSource*>(self);
    std::int64_t origin = source.start_;
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return source.size();
        case SEEK_SET:
            break;
        case SEEK_CUR:
            origin = source.position_;
            break;
        case SEEK_END:
            origin = source.end_;
            break;
        default:
            return AVERROR(EINVAL);
    }
    std::int64_t target = 0;
    if (__builtin_add_overflow(origin, offset, &target) || target < source.start_) return AVERROR(EINVAL);
    source.position_ = target;
    return target - source.start_;
}

}  // namespace melvit
