#pragma once

#include "melvit/core/file_bytes.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace melvit {

/// A zip archive of members stored without compression, as PyTorch writes them; checked when opened: one
/// directory at the very end, central and local headers that agree, no encryption, members inside the file
/// that do not overlap, no name twice, at most 65 536 members of less than 4 GiB. Names are keys and never
/// paths.
///
/// source  PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16
class ZipArchive {
public:
    /// throws  Error that names the file, the rule and what stands there
    explicit ZipArchive(FileBytes file);

    const std::filesystem::path& path() const { return file_.path(); }
    std::size_t bytes() const { return file_.bytes().size(); }

    /// The members' names, in order of the alphabet.
    std::vector<std::string> names() const;

    bool has(const std::string& name) const { return members_.contains(name); }

    /// The bytes of a member, as long as the archive lives.
    ///
    /// throws  Error when there is none of that name, or its CRC-32 is not the stated one
    std::span<const std::byte> read(const std::string& name) const;

private:
    struct Member {
        std::span<const std::byte> bytes;
        std::uint32_t crc = 0;
    };
    friend class ZipDirectoryReader;

    FileBytes file_;
    std::map<std::string, Member> members_;
};

}  // namespace melvit
