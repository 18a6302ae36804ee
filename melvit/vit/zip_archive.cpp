#include "melvit/vit/zip_archive.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/byte_reader.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <zlib.h>

namespace melvit {
namespace {

constexpr std::size_t kMostMembers = 65'536;
constexpr std::uint32_t kIn64Bits = 0xFFFFFFFF;  // "the true size stands in a 64-bit field elsewhere"

constexpr std::uint16_t kEncrypted = 0x0001;
constexpr std::uint16_t kHasDescriptor = 0x0008;  // CRC and sizes follow the data and are zero before it
constexpr std::uint16_t kNameIsUtf8 = 0x0800;

// The records of the format, field by field; packed, so that each is one read.
#pragma pack(push, 1)
struct EndRecord {
    static constexpr std::uint32_t kSignature = 0x06054B50;
    std::uint32_t signature;
    std::uint16_t disk, directory_disk, members_on_disk, members;
    std::uint32_t directory_bytes, directory_offset;
    std::uint16_t comment_bytes;
};
struct EndLocator64 {
    static constexpr std::uint32_t kSignature = 0x07064B50;
    std::uint32_t signature, disk;
    std::uint64_t record_offset;
    std::uint32_t disks;
};
struct EndRecord64 {
    static constexpr std::uint32_t kSignature = 0x06064B50;
    std::uint32_t signature;
    std::uint64_t record_bytes;
    std::uint16_t made_by, needed;
    std::uint32_t disk, directory_disk;
    std::uint64_t members_on_disk, members, directory_bytes, directory_offset;
};
struct CentralHeader {
    static constexpr std::uint32_t kSignature = 0x02014B50;
    std::uint32_t signature;
    std::uint16_t made_by, needed, flags, method, time, date;
    std::uint32_t crc, stored_bytes, bytes;
    std::uint16_t name_bytes, extra_bytes, comment_bytes, disk, internal;
    std::uint32_t external, local_offset;
};
struct LocalHeader {
    static constexpr std::uint32_t kSignature = 0x04034B50;
    std::uint32_t signature;
    std::uint16_t needed, flags, method, time, date;
    std::uint32_t crc, stored_bytes, bytes;
    std::uint16_t name_bytes, extra_bytes;
};
struct Descriptor {
    static constexpr std::uint32_t kSignature = 0x08074B50;
    std::uint32_t signature, crc, stored_bytes, bytes;
};
#pragma pack(pop)

}  // namespace

/// Fills a ZipArchive's members from the directory at the end of the file.
class ZipDirectoryReader {
public:
    explicit ZipDirectoryReader(ZipArchive& archive) : archive_(archive), bytes_(archive.file_.bytes()) {}

    void read() {
        find_directory();
        if (members_ > kMostMembers) {
            fail(fmt::format("needs at most {} members", kMostMembers), fmt::format("it has {}", members_));
        }
        ByteReader directory(bytes_.first(directory_end_), directory_begin_);
        for (std::uint64_t i = 0; i < members_; ++i) read_member(directory);
        if (directory.left() != 0) fail(kDirectoryNeed, "bytes are left over at its end");
        check_overlap();
    }

private:
    static constexpr std::string_view kDirectoryNeed = "needs a complete zip directory";

    struct Extent {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    [[noreturn]] void fail(std::string_view need, std::string_view finding) const {
        throw Error(archive_.path(), need, finding);
    }

    template <class Record>
    Record record_at(std::size_t position, std::string_view what) const {
        const auto record = ByteReader(bytes_, position).number<Record>();
        if (!record || record->signature != Record::kSignature) {
            fail(kDirectoryNeed, fmt::format("there is no {} at byte {}", what, position));
        }
        return *record;
    }

    /// The directory lies right before its end records, and these at the very end of the file: PyTorch adds
    /// no comment, and so no second directory can hide in one.
    void find_directory() {
        if (bytes_.size() < sizeof(EndRecord)) fail("needs to be a zip archive", "it is too short for one");
        directory_end_ = bytes_.size() - sizeof(EndRecord);
        const auto end = record_at<EndRecord>(directory_end_, "end record");
        if (end.comment_bytes != 0) fail(kDirectoryNeed, "its end record announces a comment");
        std::uint64_t size = end.directory_bytes;
        std::uint64_t offset = end.directory_offset;
        members_ = end.members;
        constexpr std::size_t kEnds64 = sizeof(EndLocator64) + sizeof(EndRecord64);
        const auto locator =
            directory_end_ < kEnds64
                ? std::nullopt
                : ByteReader(bytes_, directory_end_ - sizeof(EndLocator64)).number<EndLocator64>();
        if (locator && locator->signature == EndLocator64::kSignature) {
            directory_end_ -= kEnds64;
            const auto end64 = record_at<EndRecord64>(directory_end_, "64-bit end record");
            const auto agree = [](std::uint64_t narrow, std::uint64_t none, std::uint64_t wide) {
                return narrow == none || narrow == wide;
            };
            if (locator->record_offset != directory_end_ || !agree(members_, 0xFFFF, end64.members) ||
                !agree(size, kIn64Bits, end64.directory_bytes) ||
                !agree(offset, kIn64Bits, end64.directory_offset)) {
                fail(kDirectoryNeed, "its two end records disagree");
            }
            members_ = end64.members;
            size = end64.directory_bytes;
            offset = end64.directory_offset;
        }
        if (offset > directory_end_ || size != directory_end_ - offset) {
            fail(kDirectoryNeed,
                 fmt::format("{} bytes at {} do not end at {}", size, offset, directory_end_));
        }
        directory_begin_ = static_cast<std::size_t>(offset);
    }

    void read_member(ByteReader& directory) {
        const std::size_t position = directory.position();
        const auto header = directory.number<CentralHeader>();
        if (!header || header->signature != CentralHeader::kSignature) {
            fail(kDirectoryNeed, fmt::format("there is no member's header at byte {}", position));
        }
        const auto name = directory.text(header->name_bytes);
        if (!name || !directory.take(header->extra_bytes) || !directory.take(header->comment_bytes)) {
            fail(kDirectoryNeed, fmt::format("the member's header at byte {} is cut off", position));
        }
        check_kind(*header, *name);
        const Extent extent = check_local_header(*header, *name);
        extents_.push_back({header->local_offset, extent.end});
        const auto data = bytes_.subspan(extent.begin, header->bytes);
        if (!archive_.members_.emplace(std::string(*name), ZipArchive::Member{data, header->crc}).second) {
            fail("needs distinct names of its members",
                 fmt::format("\"{}\" stands there twice", printable(*name)));
        }
    }

    void check_kind(const CentralHeader& header, std::string_view name) const {
        const auto refuse = [&](std::string_view finding) {
            fail("needs members stored as they are", fmt::format("\"{}\" {}", printable(name), finding));
        };
        if ((header.flags & kEncrypted) != 0) refuse("is encrypted");
        if ((header.flags & ~(kHasDescriptor | kNameIsUtf8)) != 0) {
            refuse(fmt::format("has flags {:#06x}", header.flags));
        }
        if (header.method != 0) refuse(fmt::format("is compressed by method {}", header.method));
        if (header.bytes == kIn64Bits || header.stored_bytes == kIn64Bits ||
            header.local_offset == kIn64Bits) {
            refuse("is of 4 GiB or more");
        }
        if (header.bytes != header.stored_bytes) {
            refuse(fmt::format("has {} bytes stored as {}", header.bytes, header.stored_bytes));
        }
    }

    /// returns  where the member's data begins, and where all that belongs to it ends
    Extent check_local_header(const CentralHeader& central, std::string_view name) const {
        const auto refuse = [&](std::string_view finding) {
            fail("needs central and local headers that agree",
                 fmt::format("\"{}\" {}", printable(name), finding));
        };
        ByteReader reader(bytes_.first(directory_begin_), central.local_offset);
        const auto local = reader.number<LocalHeader>();
        if (!local || local->signature != LocalHeader::kSignature) refuse("has no local header");
        const auto local_name = reader.text(local->name_bytes);
        if (!local_name || *local_name != name) refuse("has another name there");
        if (local->flags != central.flags || local->method != central.method) refuse("has other flags there");
        const bool deferred = (central.flags & kHasDescriptor) != 0 && local->crc == 0 && local->bytes == 0 &&
                              local->stored_bytes == 0;
        if (!deferred && (local->crc != central.crc || local->bytes != central.bytes ||
                          local->stored_bytes != central.stored_bytes)) {
            refuse("has another size or CRC there");
        }
        if (!reader.take(local->extra_bytes)) refuse("lies outside the file");
        const std::size_t begin = reader.position();
        if (!reader.take(central.bytes)) refuse("lies outside the file");
        if ((central.flags & kHasDescriptor) != 0) {
            const auto after = reader.number<Descriptor>();
            if (!after || after->signature != Descriptor::kSignature || after->crc != central.crc ||
                after->bytes != central.bytes || after->stored_bytes != central.stored_bytes) {
                refuse("has another size or CRC behind its data");
            }
        }
        return {begin, reader.position()};
    }

    void check_overlap() {
        std::ranges::sort(extents_, {}, &Extent::begin);
        for (std::size_t i = 1; i < extents_.size(); ++i) {
            if (extents_[i].begin >= extents_[i - 1].end) continue;
            fail("needs members that do not overlap", fmt::format("two share byte {}", extents_[i].begin));
        }
    }

    ZipArchive& archive_;
    std::span<const std::byte> bytes_;
    std::size_t directory_begin_ = 0;
    std::size_t directory_end_ = 0;
    std::uint64_t members_ = 0;
    std::vector<Extent> extents_;
};

ZipArchive::ZipArchive(FileBytes file) : file_(std::move(file)) {
    ZipDirectoryReader(*this).read();
}

std::vector<std::string> ZipArchive::names() const {
    std::vector<std::string> names;
    for (const auto& [name, member] : members_) names.push_back(name);
    return names;
}

std::span<const std::byte> ZipArchive::read(const std::string& name) const {
    const auto found = members_.find(name);
    if (found == members_.end())
        throw Error(path(), fmt::format("needs a member \"{}\"", printable(name)), "it has none");
    const Member& member = found->second;
    const auto crc = static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(member.bytes.data()), member.bytes.size()));
    if (crc != member.crc) {
        throw Error(path(), fmt::format("needs CRC-32 {:08x} for \"{}\"", member.crc, printable(name)),
                    fmt::format("it is {:08x}", crc));
    }
    return member.bytes;
}

}  // namespace melvit
