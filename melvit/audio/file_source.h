#pragma once

#include "melvit/core/file.h"
#include "melvit/core/file_stamp.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

struct AVIOContext;

namespace melvit {

/// A regular file as the byte stream that FFmpeg reads: our own callbacks on our own descriptor, so that no
/// protocol is ever opened, whatever a file names. ID3v2 tags in front are stepped over, since FFmpeg
/// takes all that stands behind a tag above 1 MB (a large picture of the album) for MP3, be it FLAC or AAC.
///
/// Stays at one place in memory, because FFmpeg keeps a pointer to it.
class FileSource {
public:
    /// throws  Error of open_regular_file
    explicit FileSource(const std::filesystem::path& file);
    ~FileSource();
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    AVIOContext* context() { return context_; }

    FileStamp stamp() const { return stamp_of(descriptor_); }

    /// Bytes behind the tags in front.
    std::int64_t size() const { return end_ - start_; }

    /// From now on the file ends before the tags at its end; for streams of frames, where a demuxer would take
    /// them for frames.
    void leave_out_end_tags();

    /// From now on the file begins with these bytes instead of as many of its own.
    void begin_with(std::vector<std::uint8_t> bytes) { beginning_ = std::move(bytes); }

    /// Bytes from an offset behind the tags on; fewer than `count` where the file ends.
    std::vector<std::uint8_t> bytes_at(std::int64_t offset, std::size_t count) const;

private:
    static int read(void* self, std::uint8_t* bytes, int count);
    static std::int64_t seek(void* self, std::int64_t offset, int whence);
    void put_beginning(std::uint8_t* bytes, std::size_t count, std::int64_t place) const;
    std::int64_t id3_bytes_at(std::int64_t offset) const;

    FileDescriptor descriptor_;
    std::int64_t start_ = 0;  ///< where FFmpeg's byte 0 is in the file
    std::int64_t end_ = 0;
    std::int64_t position_ = 0;
    std::vector<std::uint8_t> beginning_;
    AVIOContext* context_ = nullptr;
};

}  // namespace melvit
